<?php
/**
 * Tells the app that this shop leaves, signed, so that it forgets its keys at once.
 */

namespace Bleib\Goodbye;

use Bleib\Embed;

defined( 'ABSPATH' ) || exit;

/** The longest that a merchant waits for an app that may be down. */
const WAIT_SECONDS = 5;

/**
 * @param bool $network_wide Whether it leaves every site of the network.
 */
function on_deactivation( $network_wide = false ): void {
    each_site( (bool) $network_wide, __NAMESPACE__ . '\leave' );
}

/** Runs something for this site, or for every site of the network. */
function each_site( bool $all, callable $work ): void {
    if ( ! $all || ! is_multisite() ) {
        $work();
        return;
    }
    $sites = get_sites(
        array(
            'fields' => 'ids',
            'number' => 0,
        )
    );
    foreach ( $sites as $site ) {
        switch_to_blog( $site );
        $work();
        restore_current_blog();
    }
}

/** What was stored goes once the app knows; until then a second try is possible. */
function leave(): void {
    if ( say() ) {
        Embed\forget();
        Embed\empty_page_caches();
    }
}

/** Returns whether the app has understood. */
function say(): bool {
    $stored = Embed\stored();
    $secret = Embed\secret();
    if ( null === $stored || '' === $secret ) {
        return false;
    }
    $body   = wp_json_encode(
        array(
            'shop' => $stored['shop'],
            'at'   => gmdate( 'Y-m-d\TH:i:s\Z' ),
        )
    );
    $answer = wp_remote_post(
        \Bleib\APP . '/webhooks/woocommerce/' . rawurlencode( $stored['shop'] ),
        array(
            'timeout'     => WAIT_SECONDS,
            'redirection' => 0,
            'body'        => $body,
            'headers'     => headers( $body, $secret ),
        )
    );
    return 2 === intdiv( (int) wp_remote_retrieve_response_code( $answer ), 100 );
}

/** The same headers as WooCommerce's own webhooks have. */
function headers( string $body, string $secret ): array {
    return array(
        'Content-Type'             => 'application/json',
        'X-WC-Webhook-Source'      => home_url( '/' ),
        'X-WC-Webhook-Topic'       => 'app.uninstalled',
        'X-WC-Webhook-Resource'    => 'app',
        'X-WC-Webhook-Event'       => 'uninstalled',
        'X-WC-Webhook-Delivery-ID' => bin2hex( random_bytes( 16 ) ),
        // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions.obfuscation_base64_encode
        'X-WC-Webhook-Signature'   => base64_encode( hash_hmac( 'sha256', $body, $secret, true ) ),
    );
}
