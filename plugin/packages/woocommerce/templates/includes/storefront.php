<?php
/**
 * Puts the script and the configuration into the pages of the shop.
 */

namespace Bleib\Storefront;

use Bleib\Embed;

defined( 'ABSPATH' ) || exit;

const HANDLE = 'bleib';

function register(): void {
    add_action( 'wp_head', __NAMESPACE__ . '\print_config', 1 );
    add_action( 'wp_enqueue_scripts', __NAMESPACE__ . '\enqueue' );
    add_filter( 'script_loader_tag', __NAMESPACE__ . '\tag', 20, 2 );
}

/** Whether this page gets the script: not while a theme is tried on, and never on AMP pages. */
function wanted(): bool {
    if ( is_customize_preview() || ( function_exists( 'amp_is_request' ) && amp_is_request() ) ) {
        return false;
    }
    return null !== Embed\stored();
}

/** The configuration, so that a page view needs no request to the app. */
function print_config(): void {
    if ( ! wanted() ) {
        return;
    }
    $json = str_replace( '<', '\u003c', Embed\stored()['config'] );
    // JSON without "<" cannot end the element it stands in.
    // phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped
    echo '<script type="application/json" id="bleib-config">', $json, "</script>\n";
}

function enqueue(): void {
    if ( ! wanted() ) {
        return;
    }
    // WordPress 6.2 takes the last argument for "in the footer" and knows no strategy.
    $how = version_compare( get_bloginfo( 'version' ), '6.3', '<' )
        ? false
        : array(
            'strategy'  => 'async',
            'in_footer' => false,
        );
    $url = plugins_url( 'assets/bleib.js', \Bleib\FILE );
    wp_enqueue_script( HANDLE, $url, array(), \Bleib\SCRIPT_VERSION, $how );
}

/**
 * Adds to our script's element what the script needs to know of the page.
 *
 * @param string $tag    The element as WordPress made it.
 * @param string $handle Which script it is for.
 */
function tag( $tag, $handle ) {
    if ( HANDLE !== $handle || ! wanted() ) {
        return $tag;
    }
    $html = new \WP_HTML_Tag_Processor( $tag );
    while ( $html->next_tag( 'script' ) ) {
        if ( null === $html->get_attribute( 'src' ) ) {
            continue;
        }
        foreach ( attributes() as $name => $value ) {
            $html->set_attribute( $name, $value );
        }
    }
    return $html->get_updated_html();
}

function attributes(): array {
    return array(
        'async'            => true,
        'data-shop'        => Embed\stored()['shop'],
        'data-app'         => \Bleib\APP,
        'data-files'       => \Bleib\FILES,
        'data-page'        => page(),
        'data-product'     => is_product() ? (string) get_queried_object_id() : '',
        'data-lang'        => get_bloginfo( 'language' ),
        'data-api'         => rest_url( 'wc/store/v1/' ),
        // That somebody is logged in, never who.
        'data-customer'    => is_user_logged_in(),
        // What plugins for speed move elsewhere no longer has its files beside it.
        'data-no-minify'   => '1',
        'data-no-optimize' => '1',
        'data-noptimize'   => '1',
    );
}

/** What kind of page this is; the thank-you page counts as checkout for WooCommerce. */
function page(): string {
    $kinds = array(
        'thankyou'   => is_order_received_page(),
        'order'      => is_wc_endpoint_url( 'view-order' ),
        'checkout'   => is_checkout(),
        'cart'       => is_cart(),
        'product'    => is_product(),
        'home'       => is_front_page(),
        'search'     => is_search(),
        'collection' => is_shop() || is_product_taxonomy(),
        'account'    => is_account_page(),
    );
    $found = array_search( true, $kinds, true );
    return is_string( $found ) ? $found : 'other';
}
