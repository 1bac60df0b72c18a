<?php
/**
 * Plugin Name: WooCommerce (stand-ins)
 * Description: The few functions of WooCommerce that the package calls, with the same promises.
 *
 * Only for tests: runs on the stand-ins of WordPress beside it, and as a plugin in a real one.
 * The page is what the query parameter "page_kind" says; cart, session and coupons are an option.
 */

const STANDIN_STATE = 'woocommerce_standins';

final class Standin_Session {
    public array $values = array();
    public bool $has_cookie = false;

    public function get( $key ) {
        return $this->values[ $key ] ?? null;
    }

    public function set( $key, $value ): void {
        $this->values[ $key ] = $value;
    }

    public function set_customer_session_cookie( $set ): void {
        $this->has_cookie = $set;
    }
}


final class WC_Cart {
    public array $lines   = array();
    public array $coupons = array();

    public function is_empty() {
        return array() === $this->lines;
    }

    public function total() {
        return 10 * array_sum( array_column( $this->lines, 'quantity' ) );
    }

    public function has_discount( $code ) {
        return in_array( $code, $this->coupons, true );
    }

    /** Like WooCommerce: says what it did in a notice, and calculates anew. */
    public function apply_coupon( $code ) {
        $valid = ( new WC_Discounts( $this ) )->is_coupon_valid( new WC_Coupon( $code ) );
        if ( true !== $valid ) {
            wc_add_notice( $valid->get_error_message(), 'error' );
            return false;
        }
        $this->coupons[] = $code;
        wc_add_notice( 'Coupon code applied successfully.' );
        $this->calculate_totals();
        return true;
    }

    /** A number from 1000 on is a variation of the product in front of its last three digits. */
    public function add( int $id, int $quantity ) {
        $parent = $id < 1000 ? $id : intdiv( $id, 1000 );
        $data   = (array) apply_filters(
            'woocommerce_add_cart_item_data',
            array(),
            $parent,
            $id < 1000 ? 0 : $id,
            $quantity
        );
        $key    = md5( $id . serialize( $data ) );
        $before = $this->lines[ $key ]['quantity'] ?? 0;

        $this->lines[ $key ] = $data + array(
            'key'          => $key,
            'product_id'   => $parent,
            'variation_id' => $id < 1000 ? 0 : $id,
            'quantity'     => $before + $quantity,
        );
        do_action( 'woocommerce_add_to_cart', $key, $parent, $quantity, 0, array(), $data );
        $this->calculate_totals();
        return $key;
    }

    public function calculate_totals(): void {
        do_action( 'woocommerce_after_calculate_totals', $this );
    }
}

final class WC_Coupon {
    public string $code;

    public function __construct( $code ) {
        $this->code = $code;
    }

    public function get_id() {
        return array_key_exists( $this->code, standin_state()->minimums ) ? 7 : 0;
    }

    public function get_virtual() {
        return false;
    }
}

final class WC_Discounts {
    private WC_Cart $cart;

    public function __construct( $cart ) {
        $this->cart = $cart;
    }

    public function is_coupon_valid( $coupon ) {
        if ( ! $coupon->get_id() ) {
            return new WP_Error( 'invalid_coupon', "Coupon \"$coupon->code\" does not exist!" );
        }
        if ( $this->cart->total() < standin_state()->minimums[ $coupon->code ] ) {
            return new WP_Error( 'invalid_coupon', 'The minimum spend is not met.' );
        }
        return true;
    }
}

final class WC_Product {
    private int $id;

    public function __construct( int $id ) {
        $this->id = $id;
    }

    public function is_sold_individually() {
        return in_array( $this->id, standin_state()->single, true );
    }
}

final class Standin_Order_Item {
    public array $meta = array();

    public function add_meta_data( $key, $value, $unique ): void {
        $this->meta[ $key ] = $value;
    }
}

final class Standin_Order {
    public array $meta = array();

    public function update_meta_data( $key, $value ): void {
        $this->meta[ $key ] = $value;
    }
}

final class Standin_Shop {
    public WC_Cart $cart;
    public Standin_Session $session;
    /** Codes that exist, and from which total on. */
    public array $minimums = array();
    public array $notices  = array();
    /** Products of which an order takes one piece at most. */
    public array $single   = array();
    public array $extended = array();

    public function __construct() {
        $this->cart    = new WC_Cart();
        $this->session = new Standin_Session();
    }
}

function standin_state(): Standin_Shop {
    static $shop = null;
    if ( null === $shop ) {
        $found = get_option( STANDIN_STATE );
        $shop  = $found instanceof Standin_Shop ? $found : new Standin_Shop();
        add_action(
            'shutdown',
            static function () use ( $shop ) {
                update_option( STANDIN_STATE, $shop, false );
            }
        );
    }
    return $shop;
}

function WC(): Standin_Shop {
    return standin_state();
}

function standin_page_is( string ...$kinds ): bool {
    // phpcs:ignore WordPress.Security.NonceVerification.Recommended
    return in_array( $_GET['page_kind'] ?? '', $kinds, true );
}

function is_order_received_page() {
    return standin_page_is( 'thankyou' );
}

function is_wc_endpoint_url( $endpoint ) {
    return 'view-order' === $endpoint && standin_page_is( 'order' );
}

function is_checkout() {
    return standin_page_is( 'checkout', 'thankyou' );
}

function is_cart() {
    return standin_page_is( 'cart' );
}

function is_product() {
    return standin_page_is( 'product' );
}

function is_shop() {
    return standin_page_is( 'shop' );
}

function is_product_taxonomy() {
    return standin_page_is( 'category' );
}

function is_account_page() {
    return standin_page_is( 'account', 'order' );
}

function wc_get_cart_url() {
    return home_url( '/?page_kind=cart' );
}

function wc_get_page_permalink( $page ) {
    return home_url( "/?page_kind=$page" );
}

function wc_format_coupon_code( $code ) {
    return strtolower( $code );
}

function wc_add_notice( $text, $kind = 'success' ) {
    standin_state()->notices[] = array( $kind, $text );
}

function wc_get_product( $id ) {
    return $id ? new WC_Product( (int) $id ) : false;
}

function woocommerce_store_api_register_update_callback( $args ) {
    standin_state()->extended['update'][ $args['namespace'] ] = $args['callback'];
}

function woocommerce_store_api_register_endpoint_data( $args ) {
    standin_state()->extended[ $args['endpoint'] ][ $args['namespace'] ] = $args['data_callback'];
}

/** A line as the Store API shows it. */
function standin_line( array $line ): array {
    $extensions = array();
    foreach ( standin_state()->extended['cart-item'] ?? array() as $name => $callback ) {
        $extensions[ $name ] = call_user_func( $callback, $line );
    }
    return array(
        'key'        => $line['key'],
        'id'         => $line['variation_id'] ? $line['variation_id'] : $line['product_id'],
        'quantity'   => $line['quantity'],
        'extensions' => $extensions,
    );
}

function standin_cart_answer( int $status = 200 ): WP_REST_Response {
    $lines    = array_values( array_map( 'standin_line', standin_state()->cart->lines ) );
    $response = new WP_REST_Response( array( 'items' => $lines ), $status );
    $response->header( 'Nonce', 'standin-nonce' );
    return $response;
}

/** The meta data of the order that the checkout makes of the cart; then the cart is emptied. */
function standin_order_note( string $checkout ): array {
    $order = new Standin_Order();
    do_action( $checkout, $order, array() );
    standin_state()->cart->lines = array();
    do_action( 'woocommerce_cart_emptied', true );
    return $order->meta;
}

/** What the checkout makes of the cart: for each line of the order its meta data. */
function standin_order(): array {
    $meta = array();
    foreach ( standin_state()->cart->lines as $key => $line ) {
        $item = new Standin_Order_Item();
        do_action( 'woocommerce_checkout_create_order_line_item', $item, $key, $line, null );
        $meta[] = $item->meta;
    }
    return $meta;
}

function standin_routes(): void {
    $route = static function ( string $path, string $method, callable $answer ): void {
        register_rest_route(
            'wc/store/v1',
            $path,
            array(
                array(
                    'methods'             => $method,
                    'callback'            => $answer,
                    'permission_callback' => '__return_true',
                ),
            )
        );
    };
    $route( '/cart', 'GET', 'standin_cart_answer_now' );
    $route(
        '/cart/extensions',
        'POST',
        static function ( $request ) {
            $callback = standin_state()->extended['update'][ $request['namespace'] ] ?? null;
            if ( null === $callback ) {
                return new WP_REST_Response( array(), 400 );
            }
            call_user_func( $callback, $request['data'] );
            return standin_cart_answer();
        }
    );
    $route(
        '/cart/add-item',
        'POST',
        static function ( $request ) {
            standin_state()->cart->add( (int) $request['id'], (int) $request['quantity'] );
            return standin_cart_answer( 201 );
        }
    );
}

function standin_cart_answer_now(): WP_REST_Response {
    return standin_cart_answer();
}

/** WooCommerce lets the holder of a key into "wc/" and "wc-" namespaces. */
function standin_key_holder( $user ) {
    $wanted = array( 'ck_standin', 'cs_standin' );
    $given  = array( $_SERVER['PHP_AUTH_USER'] ?? '', $_SERVER['PHP_AUTH_PW'] ?? '' );
    $ours   = false !== strpos( $_SERVER['REQUEST_URI'] ?? '', '/wc-' );
    return $ours && $given === $wanted ? 1 : $user;
}

add_action( 'rest_api_init', 'standin_routes' );
add_filter( 'determine_current_user', 'standin_key_holder', 15 );
add_action(
    'plugins_loaded',
    static function () {
        standin_state()->extended = array();
        do_action( 'woocommerce_blocks_loaded' );
    }
);
add_action(
    'init',
    static function () {
        do_action( 'before_woocommerce_init' );
    },
    0
);
add_action(
    'admin_menu',
    static function () {
        add_menu_page( 'WooCommerce', 'WooCommerce', 'manage_options', 'woocommerce', '__return_null' );
    }
);
