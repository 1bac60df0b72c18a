<?php
/**
 * Runs when the merchant deletes the plugin: says goodbye and leaves nothing behind.
 *
 * Orders keep the note `_bleib_note` and their lines the mark `_bleib`: they belong to the shop's own records.
 */

namespace Bleib;

defined( 'WP_UNINSTALL_PLUGIN' ) || exit;

require_once __DIR__ . '/includes/facts.php';
require_once __DIR__ . '/includes/embed.php';
require_once __DIR__ . '/includes/goodbye.php';

Goodbye\each_site(
    true,
    static function () {
        Goodbye\say();
        Embed\forget();
        delete_option( Embed\SETTINGS );
    }
);
