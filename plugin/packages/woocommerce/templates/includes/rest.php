<?php
/**
 * Where the app leaves the configuration of this shop: PUT wp-json/wc-bleib/v1/embed.
 *
 * WooCommerce lets its API keys into every namespace that begins with "wc-".
 */

namespace Bleib\Rest;

use Bleib\Embed;

defined( 'ABSPATH' ) || exit;

function register(): void {
    add_action( 'rest_api_init', __NAMESPACE__ . '\register_routes' );
}

function register_routes(): void {
    register_rest_route(
        'wc-bleib/v1',
        '/embed',
        array(
            array(
                'methods'             => \WP_REST_Server::READABLE,
                'callback'            => __NAMESPACE__ . '\tell',
                'permission_callback' => __NAMESPACE__ . '\may',
            ),
            array(
                'methods'             => \WP_REST_Server::EDITABLE,
                'callback'            => __NAMESPACE__ . '\take',
                'permission_callback' => __NAMESPACE__ . '\may',
                'args'                => arguments(),
            ),
        )
    );
}

function may(): bool {
    return current_user_can( 'manage_woocommerce' );
}

function arguments(): array {
    $text = static function ( callable $is_good ): array {
        return array(
            'type'              => 'string',
            'required'          => true,
            'validate_callback' => static function ( $value ) use ( $is_good ) {
                return is_string( $value ) && $is_good( $value );
            },
        );
    };
    return array(
        'shop'   => $text(
            static function ( $value ) {
                return 1 === preg_match( '/^[a-z0-9]{8,64}$/D', $value );
            }
        ),
        // A key of the shop may not lead its pages to the scripts of anyone else.
        'app'    => $text(
            static function ( $value ) {
                return untrailingslashit( $value ) === \Bleib\APP;
            }
        ),
        'config' => $text(
            static function ( $value ) {
                return null !== Embed\clean_config( $value );
            }
        ),
        'secret' => $text(
            static function ( $value ) {
                return 1 === preg_match( '/^[A-Za-z0-9_-]{16,200}$/D', $value );
            }
        ),
    );
}

function tell(): \WP_REST_Response {
    $stored = Embed\stored();
    return answer(
        array(
            'version' => \Bleib\VERSION,
            'shop'    => null === $stored ? '' : $stored['shop'],
        )
    );
}

/**
 * @param \WP_REST_Request $request Checked by `arguments()`.
 */
function take( $request ) {
    $config = Embed\clean_config( $request['config'] );
    if ( ! Embed\store( $request['shop'], (string) $config, $request['secret'] ) ) {
        $why = 'The database did not take the configuration.';
        return new \WP_Error( 'bleib_not_stored', $why, array( 'status' => 500 ) );
    }
    return answer( array( 'stored' => true ) );
}

function answer( array $body ): \WP_REST_Response {
    $response = new \WP_REST_Response( $body, 200 );
    $response->header( 'Cache-Control', 'no-store' );
    return $response;
}
