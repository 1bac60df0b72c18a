<?php
/**
 * Plugin Name: Bleib
 * Plugin URI: {{app}}
 * Description: Keeps shoppers: newsletter with a voucher, suggestions in the cart, shipment status.
 * Version: {{version}}
 * Requires at least: 6.2
 * Requires PHP: 7.4
 * Requires Plugins: woocommerce
 * WC requires at least: 8.0
 * Author: Bleib
 * License: MIT
 * License URI: https://spdx.org/licenses/MIT.html
 * Text Domain: bleib
 * Domain Path: /languages
 *
 * The MIT licence is compatible with the GPL, version 2 and later; its text is in LICENSE.
 */

namespace Bleib;

defined( 'ABSPATH' ) || exit;

const FILE = __FILE__;

require_once __DIR__ . '/includes/facts.php';
require_once __DIR__ . '/includes/embed.php';
require_once __DIR__ . '/includes/storefront.php';
require_once __DIR__ . '/includes/placements.php';
require_once __DIR__ . '/includes/cart.php';
require_once __DIR__ . '/includes/note.php';
require_once __DIR__ . '/includes/voucher.php';
require_once __DIR__ . '/includes/order.php';
require_once __DIR__ . '/includes/rest.php';
require_once __DIR__ . '/includes/admin.php';
require_once __DIR__ . '/includes/consent.php';
require_once __DIR__ . '/includes/goodbye.php';

add_action(
    'init',
    static function () {
        load_plugin_textdomain( 'bleib', false, dirname( plugin_basename( FILE ) ) . '/languages' );
    },
    1
);

add_action(
    'before_woocommerce_init',
    static function () {
        $features = '\Automattic\WooCommerce\Utilities\FeaturesUtil';
        if ( class_exists( $features ) ) {
            $features::declare_compatibility( 'custom_order_tables', FILE, true );
            $features::declare_compatibility( 'cart_checkout_blocks', FILE, true );
        }
    }
);

// Without WooCommerce there is no shop to do anything for.
add_action(
    'plugins_loaded',
    static function () {
        if ( ! function_exists( 'WC' ) ) {
            return;
        }
        Storefront\register();
        Placements\register();
        Cart\register();
        Note\register();
        Voucher\register();
        Order\register();
        Rest\register();
        Admin\register();
        Consent\register();
    }
);

register_deactivation_hook( FILE, __NAMESPACE__ . '\Goodbye\on_deactivation' );
