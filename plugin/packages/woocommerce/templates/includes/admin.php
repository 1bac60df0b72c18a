<?php
/**
 * The page "Bleib" below WooCommerce: connect, open, and where the widgets stand.
 */

namespace Bleib\Admin;

use Bleib\Embed;

defined( 'ABSPATH' ) || exit;

const PAGE = 'bleib';

const MAY = 'manage_woocommerce';

function register(): void {
    add_action( 'admin_menu', __NAMESPACE__ . '\add_page', 60 );
    add_action( 'admin_post_bleib_open', __NAMESPACE__ . '\open_app' );
    add_action( 'admin_post_bleib_save', __NAMESPACE__ . '\save' );
    $plugin = plugin_basename( \Bleib\FILE );
    add_filter( "plugin_action_links_$plugin", __NAMESPACE__ . '\link_page' );
}

function add_page(): void {
    add_submenu_page( 'woocommerce', 'Bleib', 'Bleib', MAY, PAGE, __NAMESPACE__ . '\show' );
}

/**
 * @param array $links The links below the plugin's name.
 */
function link_page( $links ) {
    $link = sprintf( '<a href="%s">%s</a>', esc_url( page_url() ), esc_html__( 'Open', 'bleib' ) );
    return array_merge( array( 'bleib' => $link ), $links );
}

function page_url( array $more = array() ): string {
    return add_query_arg( array( 'page' => PAGE ) + $more, admin_url( 'admin.php' ) );
}

/** The address of the shop as it is stored, without what a language plugin adds to it. */
function shop_url(): string {
    $url = (string) get_option( 'home' );
    return untrailingslashit( is_ssl() ? set_url_scheme( $url, 'https' ) : $url );
}

function connect_url(): string {
    return \Bleib\APP . '/install/woocommerce?shop_url=' . rawurlencode( shop_url() );
}

/** A link that says who opens Bleib; it is good for one use and for a short time. */
function signed_url( string $shop, string $secret, int $now, string $nonce ): string {
    $query = sprintf( 'shop=%s&timestamp=%d&nonce=%s', rawurlencode( $shop ), $now, $nonce );
    $signature = hash_hmac( 'sha256', $query, $secret );
    return \Bleib\APP . "/install/woocommerce?$query&signature=$signature";
}

/** Signed at the click, so that a page that stood open for hours still opens Bleib. */
function open_app(): void {
    check_admin_referer( 'bleib_open' );
    allow();
    $stored = Embed\stored();
    $secret = Embed\secret();
    nocache_headers();
    $to = null === $stored || '' === $secret
        ? page_url()
        : signed_url( $stored['shop'], $secret, time(), bin2hex( random_bytes( 16 ) ) );
    // phpcs:ignore WordPress.Security.SafeRedirect.wp_redirect_wp_redirect
    wp_redirect( $to );
    exit;
}

function save(): void {
    check_admin_referer( 'bleib_save' );
    allow();
    $below = ! empty( $_POST['suggestions_below_cart'] );
    update_option( Embed\SETTINGS, array( 'suggestions_below_cart' => $below ), true );
    wp_safe_redirect( page_url( array( 'saved' => 1 ) ) );
    exit;
}

function allow(): void {
    if ( ! current_user_can( MAY ) ) {
        wp_die( esc_html__( 'You may not do this.', 'bleib' ), '', array( 'response' => 403 ) );
    }
}

/** What WooCommerce needs before it hands out keys, in words; empty where all is well. */
function obstacles(): array {
    $found = array();
    if ( 0 !== strpos( shop_url(), 'https://' ) ) {
        $found[] = __( 'The address of your shop must begin with https://.', 'bleib' );
    }
    if ( ! get_option( 'permalink_structure' ) ) {
        $found[] = __( 'Under Settings, Permalinks, choose anything but "Plain".', 'bleib' );
    }
    return $found;
}

function show(): void {
    allow();
    $stored = Embed\stored();
    echo '<div class="wrap" style="max-width:46rem"><h1>Bleib</h1>';
    // phpcs:ignore WordPress.Security.NonceVerification.Recommended
    if ( isset( $_GET['saved'] ) ) {
        notice( 'success', __( 'Saved.', 'bleib' ) );
    }
    null === $stored ? show_connect() : show_connected( $stored );
    show_places();
    echo '</div>';
}

function notice( string $kind, string $text ): void {
    $class = "notice notice-$kind inline";
    printf( '<div class="%s"><p>%s</p></div>', esc_attr( $class ), esc_html( $text ) );
}

function button( string $url, string $text ): void {
    $html = '<p><a class="button button-primary button-hero" href="%s">%s</a></p>';
    // phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped
    printf( $html, esc_url( $url ), esc_html( $text ) );
}

function show_connect(): void {
    printf( '<h2>%s</h2>', esc_html__( 'This shop is not connected yet.', 'bleib' ) );
    $why = __( 'The button leads to Bleib and back. WooCommerce asks you what Bleib may read and write. Your customers see nothing of Bleib until you publish a widget there.', 'bleib' );
    printf( '<p>%s</p>', esc_html( $why ) );
    $obstacles = obstacles();
    foreach ( $obstacles as $text ) {
        notice( 'warning', $text );
    }
    if ( ! $obstacles ) {
        button( connect_url(), __( 'Connect with Bleib', 'bleib' ) );
    }
}

function show_connected( array $stored ): void {
    $config = json_decode( $stored['config'], true );
    $number = count( (array) ( $config['campaigns'] ?? array() ) );
    /* translators: %d: number of widgets. */
    $visible = _n(
        'Connected. %d widget is visible to customers.',
        'Connected. %d widgets are visible to customers.',
        $number,
        'bleib'
    );
    $state   = 0 === $number
        ? __( 'Connected. Not visible to customers yet.', 'bleib' )
        : sprintf( $visible, $number );
    printf( '<h2>%s</h2>', esc_html( $state ) );
    $format = get_option( 'date_format' ) . ', ' . get_option( 'time_format' );
    $when   = wp_date( $format, (int) ( $stored['at'] ?? 0 ) );
    /* translators: %s: date and time. */
    $last = sprintf( __( 'Last change from Bleib: %s.', 'bleib' ), $when );
    printf( '<p>%s</p>', esc_html( $last ) );
    $open = wp_nonce_url( admin_url( 'admin-post.php?action=bleib_open' ), 'bleib_open' );
    button( $open, __( 'Open Bleib', 'bleib' ) );
}

function show_places(): void {
    printf( '<h2>%s</h2>', esc_html__( 'Where widgets stand', 'bleib' ) );
    $text = __( 'Put a block or a shortcode where a widget should stand. A place without a published widget stays empty.', 'bleib' );
    printf( '<p>%s</p>', esc_html( $text ) );
    echo '<table class="widefat striped"><thead><tr>';
    foreach ( array( __( 'Block', 'bleib' ), __( 'Shortcode', 'bleib' ) ) as $title ) {
        printf( '<th scope="col">%s</th>', esc_html( $title ) );
    }
    echo '</tr></thead><tbody>';
    foreach ( \Bleib\Placements\blocks() as $name => list( $title ) ) {
        $row = '<tr><td>%s</td><td><code>[bleib_%s]</code></td></tr>';
        // phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped
        printf( $row, esc_html( $title ), esc_html( $name ) );
    }
    echo '</tbody></table>';
    show_settings();
}

function show_settings(): void {
    printf( '<form method="post" action="%s">', esc_url( admin_url( 'admin-post.php' ) ) );
    echo '<input type="hidden" name="action" value="bleib_save">';
    wp_nonce_field( 'bleib_save' );
    $label = __( 'Show suggestions below the cart, without a block or a shortcode', 'bleib' );
    printf(
        '<p><label><input type="checkbox" name="suggestions_below_cart" value="1"%s> %s</label></p>',
        checked( ! empty( Embed\settings()['suggestions_below_cart'] ), true, false ),
        esc_html( $label )
    );
    submit_button( __( 'Save', 'bleib' ), 'secondary' );
    echo '</form>';
}
