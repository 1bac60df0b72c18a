<?php
/**
 * Stand-ins for the functions of WordPress that the package calls, and a way to run code on them:
 *
 *     echo 'return some_code();' | php wordpress_standins.php FOLDER_OF_THE_PLUGIN
 *
 * prints what the code returns as JSON. Escaping is as strict as WordPress' own.
 */

define( 'ABSPATH', __DIR__ . '/' );
define( 'ARRAY_A', 'ARRAY_A' );

final class Standin_WordPress {
    public array $hooks    = array();
    public array $fired    = array();
    public array $options  = array(
        'home'                => 'https://shop.example',
        'permalink_structure' => '/%postname%/',
        'date_format'         => 'j. F Y',
        'time_format'         => 'H:i',
    );
    public array $autoload = array();
    public array $info     = array( 'version' => '6.5', 'language' => 'de-DE' );
    public array $scripts  = array();
    public array $blocks   = array();
    public array $codes    = array();
    public array $routes   = array();
    public array $sent     = array();
    public array $sites    = array();
    public int $site       = 1;
    public int $answers    = 200;
    public bool $may       = true;
    public bool $customizer = false;
    public string $left    = '';
}

final class Standin_Left extends Exception {}

function wp(): Standin_WordPress {
    static $wp = null;
    return $wp ?? $wp = new Standin_WordPress();
}

function add_filter( $name, $callback, $priority = 10, $arguments = 1 ) {
    wp()->hooks[ $name ][ $priority ][] = array( $callback, $arguments );
}

function add_action( $name, $callback, $priority = 10, $arguments = 1 ) {
    add_filter( $name, $callback, $priority, $arguments );
}

function apply_filters( $name, $value, ...$more ) {
    $by_priority = wp()->hooks[ $name ] ?? array();
    ksort( $by_priority );
    foreach ( array_merge( ...array_values( $by_priority ) ) as list( $callback, $number ) ) {
        $value = $callback( ...array_slice( array( $value, ...$more ), 0, $number ) );
    }
    return $value;
}

function do_action( $name, ...$arguments ) {
    wp()->fired[ $name ] = 1 + did_action( $name );
    $by_priority         = wp()->hooks[ $name ] ?? array();
    ksort( $by_priority );
    foreach ( array_merge( ...array_values( $by_priority ) ) as list( $callback, $number ) ) {
        $callback( ...array_slice( $arguments, 0, $number ) );
    }
}

function did_action( $name ) {
    return wp()->fired[ $name ] ?? 0;
}

/** What WordPress does before it answers a request. */
function standin_start(): void {
    foreach ( array( 'plugins_loaded', 'init', 'rest_api_init', 'admin_init', 'admin_menu' ) as $name ) {
        do_action( $name );
    }
}

/** What is printed into the head of a page. */
function standin_head(): string {
    ob_start();
    do_action( 'wp_enqueue_scripts' );
    do_action( 'wp_head' );
    foreach ( wp()->scripts as $handle => list( $src ) ) {
        $plain = sprintf( "<script src='%s' id='%s-js'></script>\n", esc_url( $src ), $handle );
        echo apply_filters( 'script_loader_tag', $plain, $handle, $src );
    }
    return ob_get_clean();
}

/** What a function prints. */
function standin_printed( callable $prints ): string {
    ob_start();
    $prints();
    return ob_get_clean();
}

/** Where a function sends the visitor, or how it stops. */
function standin_leaves( callable $work ): string {
    try {
        $work();
    } catch ( Standin_Left $left ) {
        return $left->getMessage();
    }
    return '';
}

/** Answers a REST request as WordPress does: route, permission, arguments, callback. */
function standin_rest( string $method, string $path, array $body = array() ): array {
    $request = new WP_REST_Request( $path, $body );
    foreach ( wp()->routes[ $path ] ?? array() as $route ) {
        if ( false === strpos( $route['methods'], $method ) ) {
            continue;
        }
        if ( ! $route['permission_callback']() ) {
            return array( 403, array() );
        }
        foreach ( $route['args'] ?? array() as $name => $rule ) {
            if ( ! isset( $body[ $name ] ) || ! $rule['validate_callback']( $body[ $name ] ) ) {
                return array( 400, array( 'param' => $name ) );
            }
        }
        apply_filters( 'rest_request_before_callbacks', null, $route, $request );
        $answer = $route['callback']( $request );
        apply_filters( 'rest_request_after_callbacks', $answer, $route, $request );
        return $answer instanceof WP_Error
            ? array( $answer->data['status'], array() )
            : array( $answer->status, $answer->data );
    }
    return array( 404, array() );
}

final class WP_REST_Server {
    const READABLE = 'GET';
    const EDITABLE = 'POST, PUT, PATCH';
}

final class WP_REST_Request implements ArrayAccess {
    private string $route;
    private array $body;

    public function __construct( string $route, array $body ) {
        $this->route = $route;
        $this->body  = $body;
    }

    public function get_route() {
        return $this->route;
    }

    public function get_param( $name ) {
        return $this->body[ $name ] ?? null;
    }

    public function offsetExists( $name ): bool {
        return isset( $this->body[ $name ] );
    }

    #[\ReturnTypeWillChange]
    public function offsetGet( $name ) {
        return $this->get_param( $name );
    }

    public function offsetSet( $name, $value ): void {
        $this->body[ $name ] = $value;
    }

    public function offsetUnset( $name ): void {
        unset( $this->body[ $name ] );
    }
}

final class WP_REST_Response {
    public $data;
    public int $status;
    public array $headers = array();

    public function __construct( $data, $status = 200 ) {
        $this->data   = $data;
        $this->status = $status;
    }

    public function header( $name, $value ): void {
        $this->headers[ $name ] = $value;
    }
}

final class WP_Error {
    public string $message;
    public array $data;

    public function __construct( $code, $message = '', $data = array() ) {
        $this->message = $message;
        $this->data    = $data;
    }

    public function get_error_message() {
        return $this->message;
    }
}

/** Knows one element; like the real one it escapes every value that it sets. */
final class WP_HTML_Tag_Processor {
    private string $html;
    private bool $seen = false;

    public function __construct( $html ) {
        $this->html = $html;
    }

    public function next_tag( $name ) {
        $first      = ! $this->seen;
        $this->seen = true;
        return $first && 0 === stripos( $this->html, "<$name" );
    }

    public function get_attribute( $name ) {
        return preg_match( "/ $name='([^']*)'/", $this->html, $found ) ? $found[1] : null;
    }

    public function set_attribute( $name, $value ) {
        if ( false === $value ) {
            return;
        }
        $text       = true === $value ? " $name" : sprintf( ' %s="%s"', $name, esc_attr( $value ) );
        $this->html = preg_replace_callback(
            '/^<\w+/',
            static function ( $tag ) use ( $text ) {
                return $tag[0] . $text;
            },
            $this->html
        );
    }

    public function get_updated_html() {
        return $this->html;
    }
}

function esc_html( $text ) {
    return htmlspecialchars( (string) $text, ENT_QUOTES, 'UTF-8', false );
}

function esc_attr( $text ) {
    return esc_html( $text );
}

function esc_url( $url ) {
    return 1 === preg_match( '#^(https?://|/)#', $url ) ? esc_html( str_replace( ' ', '%20', $url ) ) : '';
}

function __( $text, $domain ) {
    return $text;
}

function esc_html__( $text, $domain ) {
    return esc_html( $text );
}

function _n( $one, $many, $number, $domain ) {
    return 1 === $number ? $one : $many;
}

function get_option( $name ) {
    return wp()->options[ $name ] ?? false;
}

function update_option( $name, $value, $autoload = null ) {
    wp()->options[ $name ]  = $value;
    wp()->autoload[ $name ] = $autoload;
}

function delete_option( $name ) {
    unset( wp()->options[ $name ] );
}

function get_bloginfo( $what ) {
    return wp()->info[ $what ];
}

function wp_enqueue_script( $handle, $src, $needs, $version, $how ) {
    wp()->scripts[ $handle ] = array( "$src?ver=$version", $how );
}

function add_shortcode( $name, $callback ) {
    wp()->codes[ $name ] = $callback;
}

function register_block_type( $name, $settings ) {
    wp()->blocks[ $name ] = $settings;
}

function register_rest_route( $namespace, $path, $routes ) {
    wp()->routes[ "/$namespace$path" ] = $routes;
}

function current_user_can( $what ) {
    return wp()->may;
}

function wp_safe_redirect( $url ) {
    throw new Standin_Left( $url );
}

function wp_redirect( $url ) {
    throw new Standin_Left( $url );
}

function wp_die( $text ) {
    throw new Standin_Left( "died: $text" );
}

function wp_remote_post( $url, $arguments ) {
    wp()->sent[] = array( 'url' => $url ) + $arguments;
    return array( 'code' => wp()->answers );
}

function wp_remote_retrieve_response_code( $answer ) {
    return $answer['code'];
}

function add_query_arg( $more, $url ) {
    return $url . ( strpos( $url, '?' ) ? '&' : '?' ) . http_build_query( $more );
}

function remove_query_arg( $name, $url ) {
    return rtrim( preg_replace( '/\b' . preg_quote( $name, '/' ) . '=[^&]*&?/', '', $url ), '?&' );
}

function switch_to_blog( $site ) {
    wp()->sites[ wp()->site ] = wp()->options;
    wp()->site                = $site;
    wp()->options             = wp()->sites[ $site ];
}

function restore_current_blog() {
    switch_to_blog( 1 );
}

function is_multisite() {
    return array() !== wp()->sites;
}

function get_sites( $which ) {
    return array_keys( wp()->sites );
}

function is_customize_preview() {
    return wp()->customizer;
}

function set_url_scheme( $url, $scheme ) {
    return preg_replace( '#^https?:#', "$scheme:", $url );
}

function wp_unslash( $value ) {
    return is_string( $value ) ? stripslashes( $value ) : $value;
}

function sanitize_text_field( $text ) {
    return trim( preg_replace( '/[\r\n\t ]+/', ' ', strip_tags( $text ) ) );
}

function untrailingslashit( $url ) {
    return rtrim( $url, '/\\' );
}

function wp_json_encode( $value, $options = 0 ) {
    return json_encode( $value, $options );
}

function wp_date( $format, $at ) {
    return gmdate( $format, $at );
}

function plugins_url( $path, $file ) {
    return home_url( "/wp-content/plugins/bleib/$path" );
}

function plugin_basename( $file ) {
    return 'bleib/bleib.php';
}

function rest_url( $path ) {
    return home_url( "/wp-json/$path" );
}

function home_url( $path = '' ) {
    return get_option( 'home' ) . $path;
}

function admin_url( $path ) {
    return home_url( "/wp-admin/$path" );
}

function get_queried_object_id() {
    return 42;
}

function is_search() {
    return ( $_GET['page_kind'] ?? '' ) === 'search';
}

function is_user_logged_in() {
    return isset( $_GET['logged_in'] );
}

function is_front_page() {
    return ( $_GET['page_kind'] ?? '' ) === 'home';
}

function is_ssl() {
    return true;
}

function checked( $one, $other, $print ) {
    return $one === $other ? " checked='checked'" : '';
}

function get_block_wrapper_attributes() {
    return 'class="wp-block-bleib"';
}

// What needs no answer here.
function register_deactivation_hook( $file, $callback ) {}
function load_plugin_textdomain( $domain, $old, $folder ) {}
function wp_register_script( $handle, $src, $needs, $version, $footer ) {}
function wp_add_inline_script( $handle, $code, $where ) {}
function wp_add_privacy_policy_content( $name, $text ) {}
function wp_kses_post( $text ) {
    return $text;
}
function __return_true() {
    return true;
}
function nocache_headers() {}
function check_admin_referer( $action ) {}
function wp_nonce_field( $action ) {}
function wp_nonce_url( $url, $action ) {
    return "$url&_wpnonce=1";
}
function submit_button( $text, $kind ) {
    printf( '<input type="submit" value="%s">', esc_attr( $text ) );
}
function add_menu_page() {}
function add_submenu_page() {}

if ( isset( $argv[1] ) ) {
    error_reporting( E_ALL );
    set_error_handler(
        static function ( $level, $text, $file, $line ) {
            throw new ErrorException( $text, 0, $level, $file, $line );
        }
    );
    $code = stream_get_contents( STDIN );
    if ( false === strpos( $code, 'without_woocommerce' ) ) {
        require __DIR__ . '/woocommerce_standins.php';
    }
    require $argv[1] . '/bleib.php';
    // phpcs:ignore Squiz.PHP.Eval.Discouraged
    echo json_encode( eval( $code ), JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES );
}
