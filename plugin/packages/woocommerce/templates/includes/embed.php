<?php
/**
 * What the app has stored here: the key of the shop, its configuration, its signing secret.
 */

namespace Bleib\Embed;

defined( 'ABSPATH' ) || exit;

/** Read on every page, so WordPress loads it with the other options. */
const OPTION = 'bleib_embed';

/** Read by the merchant's pages alone. */
const SECRET = 'bleib_secret';

/** What the merchant chose on the page of the plugin. */
const SETTINGS = 'bleib_settings';

/** Larger than any configuration of ours; a larger one would weigh down every page. */
const MOST_BYTES = 200000;

/**
 * The key, the configuration as JSON text and when it came; null while nothing is connected.
 */
function stored(): ?array {
    $found = get_option( OPTION );
    if ( ! is_array( $found ) || empty( $found['shop'] ) || empty( $found['config'] ) ) {
        return null;
    }
    return $found;
}

function secret(): string {
    $found = get_option( SECRET );
    return is_string( $found ) ? $found : '';
}

/**
 * The configuration as JSON that can stand in a page and in any database: plain ASCII without
 * "<", ">" and "&". Null for a text that is no JSON object or too long.
 */
function clean_config( string $text ): ?string {
    if ( strlen( $text ) > MOST_BYTES ) {
        return null;
    }
    $config = json_decode( $text );
    if ( ! $config instanceof \stdClass ) {
        return null;
    }
    $clean = wp_json_encode( $config, JSON_HEX_TAG | JSON_HEX_AMP | JSON_UNESCAPED_SLASHES );
    return is_string( $clean ) ? $clean : null;
}

/**
 * Stores what the app sent, the configuration already cleaned; false if the database refused.
 */
function store( string $shop, string $config, string $secret ): bool {
    $before = stored();
    $embed  = array(
        'shop'   => $shop,
        'config' => $config,
        'at'     => time(),
    );
    update_option( OPTION, $embed, true );
    update_option( SECRET, $secret, false );
    if ( null === $before || $before['config'] !== $config || $before['shop'] !== $shop ) {
        empty_page_caches();
    }
    return get_option( OPTION ) === $embed && secret() === $secret;
}

function forget(): void {
    delete_option( OPTION );
    delete_option( SECRET );
}

/** The merchant's choices over the defaults. */
function settings(): array {
    $chosen = get_option( SETTINGS );
    return array_merge(
        array( 'suggestions_below_cart' => true ),
        is_array( $chosen ) ? $chosen : array()
    );
}

/**
 * Asks the page caches in use to start anew, so that what was stopped is gone from every page.
 */
function empty_page_caches(): void {
    $caches = array(
        'rocket_clean_domain',
        'wp_cache_clear_cache',
        'w3tc_flush_posts',
        'sg_cachepress_purge_cache',
    );
    foreach ( $caches as $empty ) {
        if ( function_exists( $empty ) ) {
            $empty();
        }
    }
    do_action( 'litespeed_purge_all' );
    do_action( 'cache_enabler_clear_complete_cache' );
}
