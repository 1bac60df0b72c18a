<?php
/**
 * The places of the widgets that stand within a page: shortcodes, blocks, and below the cart.
 */

namespace Bleib\Placements;

use Bleib\Embed;

defined( 'ABSPATH' ) || exit;

/** The name in shortcodes and blocks, and the widget it stands for. */
const WIDGETS = array(
    'status'      => 'shipment_status',
    'suggestions' => 'cross_sell',
    'newsletter'  => 'newsletter',
);

function register(): void {
    foreach ( array_keys( WIDGETS ) as $name ) {
        add_shortcode(
            "bleib_$name",
            static function () use ( $name ) {
                return place( $name );
            }
        );
    }
    add_action( 'init', __NAMESPACE__ . '\register_blocks' );
    add_action( 'woocommerce_after_cart', __NAMESPACE__ . '\below_classic_cart', 20 );
    add_filter( 'render_block_woocommerce/cart', __NAMESPACE__ . '\below_cart_block', 20 );
}

/** An empty element for a widget; nothing at all while the shop is not connected. */
function place( string $name, string $attributes = '' ): string {
    if ( null === Embed\stored() ) {
        return '';
    }
    return sprintf( '<div data-bleib="%s"%s></div>', esc_attr( WIDGETS[ $name ] ), $attributes );
}

/** Title and explanation of each block, in the language of the merchant. */
function blocks(): array {
    return array(
        'status'      => array(
            __( 'Bleib: shipment status', 'bleib' ),
            __( 'Here your customers see where their parcel is.', 'bleib' ),
            'location-alt',
        ),
        'suggestions' => array(
            __( 'Bleib: suggestions', 'bleib' ),
            __( 'Here stands what others ordered with the products in the cart.', 'bleib' ),
            'cart',
        ),
        'newsletter'  => array(
            __( 'Bleib: newsletter', 'bleib' ),
            __( 'Here your customers can order the newsletter.', 'bleib' ),
            'email',
        ),
    );
}

function register_blocks(): void {
    $needs = array( 'wp-blocks', 'wp-element', 'wp-block-editor', 'wp-components' );
    $url   = plugins_url( 'assets/editor.js', \Bleib\FILE );
    wp_register_script( 'bleib-editor', $url, $needs, \Bleib\VERSION, true );
    foreach ( blocks() as $name => list( $title, $description, $icon ) ) {
        register_block_type(
            "bleib/$name",
            array(
                'api_version'           => 2,
                'title'                 => $title,
                'description'           => $description,
                'icon'                  => $icon,
                'category'              => 'widgets',
                'keywords'              => array( 'bleib', 'woocommerce' ),
                'supports'              => array(
                    'html'     => false,
                    'multiple' => false,
                    'align'    => array( 'wide', 'full' ),
                ),
                'editor_script_handles' => array( 'bleib-editor' ),
                'render_callback'       => static function () use ( $name ) {
                    return place( $name, ' ' . get_block_wrapper_attributes() );
                },
            )
        );
    }
    $known = wp_json_encode( blocks(), JSON_HEX_TAG | JSON_HEX_AMP );
    wp_add_inline_script( 'bleib-editor', "window.bleibBlocks = $known;", 'before' );
}

function suggestions_below_cart(): string {
    $wanted = ! empty( Embed\settings()['suggestions_below_cart'] );
    return $wanted ? place( 'suggestions', ' style="clear:both"' ) : '';
}

/** After the totals, so that nothing comes between the lines of the cart and the checkout. */
function below_classic_cart(): void {
    // phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped
    echo suggestions_below_cart();
}

/**
 * The cart block draws itself inside its own element, so what follows that element stays.
 *
 * @param string $html The block as it is sent to the browser.
 */
function below_cart_block( $html ) {
    return $html . suggestions_below_cart();
}
