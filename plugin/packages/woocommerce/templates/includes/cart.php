<?php
/**
 * Marks the lines of the cart that come from a suggestion, through to the order.
 */

namespace Bleib\Cart;

defined( 'ABSPATH' ) || exit;

/** The key of the mark: in the request, in the line of the cart, in the line of the order. */
const MARK = '_bleib';

function register(): void {
    add_filter( 'rest_request_before_callbacks', __NAMESPACE__ . '\note_mark', 10, 3 );
    add_filter( 'rest_request_after_callbacks', __NAMESPACE__ . '\drop_mark' );
    add_filter( 'woocommerce_add_cart_item_data', __NAMESPACE__ . '\mark_line', 10, 3 );
    $made = 'woocommerce_checkout_create_order_line_item';
    add_action( $made, __NAMESPACE__ . '\mark_order', 10, 3 );
    if ( did_action( 'woocommerce_blocks_loaded' ) ) {
        extend_store_api();
    } else {
        add_action( 'woocommerce_blocks_loaded', __NAMESPACE__ . '\extend_store_api' );
    }
}

/** The mark of the request that is being answered, if any. */
function current_mark( ?string $changed = null ): string {
    static $mark = '';
    if ( null !== $changed ) {
        $mark = $changed;
    }
    return $mark;
}

/**
 * The Store API hands no foreign fields on to the cart, so they are read where it begins.
 *
 * @param mixed            $response Passed on.
 * @param array            $handler  Not needed.
 * @param \WP_REST_Request $request  The request.
 */
function note_mark( $response, $handler, $request ) {
    if ( preg_match( '#^/wc/store(/v1)?/cart/add-item$#', $request->get_route() ) ) {
        $mark = $request->get_param( MARK );
        current_mark( is_valid( $mark ) ? $mark : '' );
    }
    return $response;
}

/**
 * @param mixed $response Passed on.
 */
function drop_mark( $response ) {
    current_mark( '' );
    return $response;
}

/**
 * Whether this is one of ours: a widget, the number of a campaign, and what it was found by.
 *
 * @param mixed $mark What came.
 */
function is_valid( $mark ): bool {
    return is_string( $mark ) && 1 === preg_match( '/^[a-z_]{1,40}:\d{1,18}(:[a-z0-9]{1,8})?$/D', $mark );
}

/**
 * @param mixed $data         What the line carries beside its product.
 * @param int   $product_id   The product.
 * @param int   $variation_id Which variation of it, or 0.
 */
function mark_line( $data, $product_id, $variation_id ) {
    $mark = current_mark();
    if ( '' === $mark || ! is_array( $data ) ) {
        return $data;
    }
    // A marked line is a line of its own, so it would let through a second piece of such a product.
    $product = wc_get_product( $variation_id ? $variation_id : $product_id );
    if ( $product && ! $product->is_sold_individually() ) {
        $data[ MARK ] = $mark;
    }
    return $data;
}

/**
 * @param \WC_Order_Item_Product $item   The line of the order.
 * @param string                 $key    Not needed.
 * @param array                  $values The line of the cart.
 */
function mark_order( $item, $key, $values ): void {
    if ( is_valid( $values[ MARK ] ?? null ) ) {
        $item->add_meta_data( MARK, $values[ MARK ], true );
    }
}

/** Adds to each line the product that a variation belongs to, which the Store API leaves out. */
function extend_store_api(): void {
    if ( ! function_exists( 'woocommerce_store_api_register_endpoint_data' ) ) {
        return;
    }
    woocommerce_store_api_register_endpoint_data(
        array(
            'endpoint'        => 'cart-item',
            'namespace'       => 'bleib',
            'data_callback'   => __NAMESPACE__ . '\line_data',
            'schema_callback' => __NAMESPACE__ . '\line_schema',
            'schema_type'     => ARRAY_A,
        )
    );
}

/**
 * @param array $line The line of the cart.
 */
function line_data( $line ): array {
    $mark = $line[ MARK ] ?? null;
    return array(
        'product_id' => (int) ( $line['product_id'] ?? 0 ),
        'mark'       => is_valid( $mark ) ? $mark : '',
    );
}

function line_schema(): array {
    return array(
        'product_id' => array(
            'description' => 'The product of the line, also where the line is a variation.',
            'type'        => 'integer',
            'readonly'    => true,
        ),
        'mark'       => array(
            'description' => 'The suggestion that the line comes from, or nothing.',
            'type'        => 'string',
            'readonly'    => true,
        ),
    );
}
