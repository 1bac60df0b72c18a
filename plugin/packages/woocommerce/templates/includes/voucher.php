<?php
/**
 * The link of a voucher mail: puts the voucher into the cart, now or as soon as it applies, and
 * gives the storefront a place to say what is still missing.
 */

namespace Bleib\Voucher;

use Bleib\Embed;

defined( 'ABSPATH' ) || exit;

/** The parameter of the link. */
const PARAMETER = 'bleib_voucher';

/** Where WooCommerce's session keeps a voucher whose conditions are not met yet. */
const KEPT = 'bleib_voucher';

const LONGEST = 64;

function register(): void {
    add_action( 'template_redirect', __NAMESPACE__ . '\follow', 5 );
    add_action( 'woocommerce_after_calculate_totals', __NAMESPACE__ . '\try_again', 100 );
    add_action( 'woocommerce_proceed_to_checkout', __NAMESPACE__ . '\above_checkout', 5 );
    add_filter( 'render_block_woocommerce/cart', __NAMESPACE__ . '\below_cart_block', 15 );
}

/** An empty element: only who came with the link of a voucher will see something in it. */
function place(): string {
    return null === Embed\stored() ? '' : '<div data-bleib="preflight" style="clear:both"></div>';
}

function above_checkout(): void {
    // phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped
    echo place();
}

/**
 * The cart block draws itself inside its own element, so what follows that element stays.
 *
 * @param string $html The block as it is sent to the browser.
 */
function below_cart_block( $html ) {
    return $html . place();
}

/**
 * A link from a mail cannot carry a nonce; all it can do is what the shopper could type.
 */
function follow(): void {
    // phpcs:ignore WordPress.Security.NonceVerification.Recommended
    $given = isset( $_GET[ PARAMETER ] ) ? wp_unslash( $_GET[ PARAMETER ] ) : null;
    if ( null === $given || ! WC()->cart || ! WC()->session ) {
        return;
    }
    nocache_headers();
    $code = is_string( $given ) ? wc_format_coupon_code( sanitize_text_field( $given ) ) : '';
    if ( '' !== $code && strlen( $code ) <= LONGEST ) {
        put( $code );
    }
    $to = WC()->cart->is_empty() ? wc_get_page_permalink( 'shop' ) : wc_get_cart_url();
    wp_safe_redirect( remove_query_arg( PARAMETER, $to ) );
    exit;
}

function put( string $code ): void {
    $cart = WC()->cart;
    if ( $cart->has_discount( $code ) ) {
        return;
    }
    // Says itself what is wrong with the code, or what the cart still lacks.
    if ( ! $cart->is_empty() && $cart->apply_coupon( $code ) ) {
        WC()->session->set( KEPT, null );
        return;
    }
    $coupon = new \WC_Coupon( $code );
    if ( ! $coupon->get_id() && ! $coupon->get_virtual() ) {
        if ( $cart->is_empty() ) {
            $cart->apply_coupon( $code );
        }
        return;
    }
    WC()->session->set( KEPT, $code );
    // A guest with an empty cart has no session yet, and asked for this one by the click.
    if ( method_exists( WC()->session, 'set_customer_session_cookie' ) ) {
        WC()->session->set_customer_session_cookie( true );
    }
    if ( $cart->is_empty() ) {
        wc_add_notice(
            sprintf(
                /* translators: %s: the code of the voucher. */
                __( 'The voucher %s is noted. It applies once the basket meets its conditions.', 'bleib' ),
                esc_html( $code )
            ),
            'notice'
        );
    }
}

/**
 * Applies a kept voucher once the cart meets its conditions, without a word until then.
 *
 * @param \WC_Cart $cart The cart, its totals known.
 */
function try_again( $cart ): void {
    static $busy = false;
    if ( $busy || ! WC()->session || $cart->is_empty() ) {
        return;
    }
    $code = WC()->session->get( KEPT );
    if ( ! is_string( $code ) || '' === $code ) {
        return;
    }
    $busy   = true;
    $coupon = new \WC_Coupon( $code );
    if ( $cart->has_discount( $code ) ) {
        WC()->session->set( KEPT, null );
    } elseif ( true === ( new \WC_Discounts( $cart ) )->is_coupon_valid( $coupon ) ) {
        WC()->session->set( KEPT, null );
        $cart->apply_coupon( $code );
    }
    $busy = false;
}
