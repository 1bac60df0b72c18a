<?php
/**
 * Keeps the note of the storefront with the cart, and hands it on to the order.
 *
 * The note says which versions of a campaign were compared ("0.0a,33.4b"), nothing about the
 * visitor. It lives in the session that WooCommerce keeps for a cart anyway, and ends with it.
 */

namespace Bleib\Note;

defined( 'ABSPATH' ) || exit;

/** The name of the note in the session and in the order. */
const KEY = '_bleib_note';
/** More campaigns runs no shop at once. */
const MOST = 40;

function register(): void {
    if ( did_action( 'woocommerce_blocks_loaded' ) ) {
        extend_store_api();
    } else {
        add_action( 'woocommerce_blocks_loaded', __NAMESPACE__ . '\extend_store_api' );
    }
    // The classic checkout, and that of the blocks.
    add_action( 'woocommerce_checkout_create_order', __NAMESPACE__ . '\note_order' );
    add_action( 'woocommerce_store_api_checkout_update_order_meta', __NAMESPACE__ . '\note_order' );
    add_action( 'woocommerce_cart_emptied', __NAMESPACE__ . '\forget' );
}

/** Takes notes at /cart/extensions, where the Store API lets plugins change a cart. */
function extend_store_api(): void {
    if ( ! function_exists( 'woocommerce_store_api_register_update_callback' ) ) {
        return;
    }
    woocommerce_store_api_register_update_callback(
        array(
            'namespace' => 'bleib',
            'callback'  => __NAMESPACE__ . '\keep',
        )
    );
}

/**
 * @param mixed $data What the storefront sent.
 */
function keep( $data ): void {
    $note = is_array( $data ) ? ( $data['note'] ?? null ) : null;
    if ( ! is_string( $note ) || ! WC()->session || ! WC()->cart || WC()->cart->is_empty() ) {
        return;
    }
    WC()->session->set( KEY, together( kept(), $note ) );
}

function kept(): string {
    $kept = WC()->session ? WC()->session->get( KEY ) : null;
    return is_string( $kept ) ? $kept : '';
}

/** Both notes as one, in which the first word on a campaign stands. */
function together( string $first, string $more ): string {
    $found = array();
    foreach ( array_slice( explode( ',', substr( "$first,$more", 0, 2000 ) ), 0, MOST ) as $part ) {
        if ( 1 === preg_match( '/^(\d{1,9})\.\d{1,9}[a-z-]$/D', $part, $named ) ) {
            $found += array( $named[1] => $part );
        }
    }
    return implode( ',', $found );
}

/**
 * @param \WC_Order $order The order that is being made; whoever calls saves it.
 */
function note_order( $order ): void {
    $note = kept();
    if ( '' !== $note ) {
        $order->update_meta_data( KEY, $note );
    }
}

function forget(): void {
    if ( WC()->session ) {
        WC()->session->set( KEY, null );
    }
}
