<?php
/**
 * What this copy of the plugin was made for; written when the package is rendered.
 */

namespace Bleib;

defined( 'ABSPATH' ) || exit;

const VERSION = '{{version}}';

/** The only app that this copy speaks with: an origin, without a slash at its end. */
const APP = '{{app}}';

/** Which of the scripts beside the first one is for what, as JSON. */
const FILES = '{{files}}';

/** Changes whenever the script does, so that no browser keeps an old one. */
const SCRIPT_VERSION = '{{script_version}}';
