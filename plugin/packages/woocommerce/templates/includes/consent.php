<?php
/**
 * Tells consent tools and the privacy page what the script may keep in a browser, and when.
 */

namespace Bleib\Consent;

defined( 'ABSPATH' ) || exit;

function register(): void {
    // The script asks the WP Consent API before it keeps anything, so tools need not block it.
    $plugin = plugin_basename( \Bleib\FILE );
    add_filter( "wp_consent_api_registered_$plugin", '__return_true' );
    add_action( 'init', __NAMESPACE__ . '\list_keys' );
    add_action( 'admin_init', __NAMESPACE__ . '\suggest_privacy_text' );
}

function list_keys(): void {
    if ( ! function_exists( 'wp_add_cookie_info' ) ) {
        return;
    }
    $year   = __( '1 year', 'bleib' );
    $months = __( '90 days', 'bleib' );
    $month  = __( '30 days', 'bleib' );
    $keys   = array(
        'bleib.no'      => array( 'functional', $year, __( 'Does not ask again after "no thanks".', 'bleib' ) ),
        'bleib.ok'      => array( 'functional', $year, __( 'Does not ask again after signing up.', 'bleib' ) ),
        'bleib.voucher' => array( 'functional', $month, __( 'Says in the cart what a voucher still needs.', 'bleib' ) ),
        'bleib.seen'    => array( 'preferences', $month, __( 'Asks rarely.', 'bleib' ) ),
        'bleib.ab'      => array( 'preferences', $months, __( 'Shows everybody the same version of a comparison.', 'bleib' ) ),
        'bleib.was'     => array( 'preferences', $months, __( 'Tells new visitors from returning ones.', 'bleib' ) ),
    );
    foreach ( $keys as $key => list( $category, $expires, $why ) ) {
        wp_add_cookie_info( $key, 'Bleib', $category, $expires, $why, '', false, false, 'LOCALSTORAGE' );
    }
}

function suggest_privacy_text(): void {
    if ( ! function_exists( 'wp_add_privacy_policy_content' ) ) {
        return;
    }
    $text = sprintf(
        /* translators: %s: the address of the app. */
        __( 'Newsletter sign-ups, suggestions in the cart and the shipment status are provided by Bleib at %s on our behalf. Bleib keeps something in your browser only where you allowed it.', 'bleib' ),
        esc_html( \Bleib\APP )
    );
    wp_add_privacy_policy_content( 'Bleib', '<p>' . wp_kses_post( $text ) . '</p>' );
}
