<?php declare(strict_types=1);

// Shopware's way of finding templates, in small, around the real Twig: "sw_extends" leads from the
// app's template to the theme's one of the same path, and from any other to the app's, if it has it.
// Reads {"views": folder, "template": path, "values": {...}} and writes the page; without "template"
// it compiles every template of the folder.

require '/usr/share/php/Twig/autoload.php';

use Twig\Environment;
use Twig\Loader\FilesystemLoader;
use Twig\Node\Expression\ConstantExpression;
use Twig\Node\Node;
use Twig\Token;
use Twig\TokenParser\AbstractTokenParser;
use Twig\TokenParser\IncludeTokenParser;
use Twig\TwigFunction;

final class SwExtends extends AbstractTokenParser
{
    public function __construct(private FilesystemLoader $loader)
    {
    }

    public function parse(Token $token): Node
    {
        $stream = $this->parser->getStream();
        $own = $stream->getSourceContext()->getName();
        $parent = $this->parser->getExpressionParser()->parseExpression();
        $path = substr($parent->getAttribute('value'), strlen('@Storefront/'));
        $app = "@Bleib/$path";
        $known = $own !== $app && $this->loader->exists($app);
        $this->parser->setParent(new ConstantExpression($known ? $app : "@Storefront/$path", $token->getLine()));
        $stream->expect(Token::BLOCK_END_TYPE);

        return new Node();
    }

    public function getTag(): string
    {
        return 'sw_extends';
    }
}

final class SwInclude extends IncludeTokenParser
{
    public function getTag(): string
    {
        return 'sw_include';
    }
}

final class Bag
{
    public function __construct(private array $values)
    {
    }

    public function get(string $name): mixed
    {
        return $this->values[$name] ?? null;
    }

    public function getSlot(string $name): mixed
    {
        return $this->values[$name] ?? null;
    }
}

$asked = json_decode(stream_get_contents(STDIN), true, 64, JSON_THROW_ON_ERROR);
$loader = new FilesystemLoader();
$loader->addPath($asked['views'], 'Bleib');
$loader->addPath(__DIR__ . '/theme', 'Storefront');
$twig = new Environment($loader, ['strict_variables' => true, 'autoescape' => 'name']);
$twig->addTokenParser(new SwExtends($loader));
$twig->addTokenParser(new SwInclude());
$values = $asked['values'] ?? [];
$twig->addFunction(new TwigFunction('config', static fn (string $key) => $values['config'][$key] ?? null));
$twig->addFunction(new TwigFunction('asset', static function (string $path, string $package) {
    return $package === 'asset' ? "/$path?1764000000" : throw new InvalidArgumentException($package);
}));
$twig->addFunction(new TwigFunction('path', static function (string $route) use ($values) {
    return $route === 'frontend.home.page' ? $values['root'] ?? '/' : throw new InvalidArgumentException($route);
}));

if (!isset($asked['template'])) {
    $files = new RecursiveIteratorIterator(new RecursiveDirectoryIterator($asked['views'], FilesystemIterator::SKIP_DOTS));
    foreach ($files as $file) {
        $name = '@Bleib/' . substr($file->getPathname(), strlen($asked['views']) + 1);
        $twig->compileSource($loader->getSourceContext($name));
        echo "$name\n";
    }
    exit(0);
}

$request = ['attributes' => new Bag(['_route' => $values['route'] ?? null]), 'locale' => $values['locale'] ?? 'de-DE'];
$context = ['app' => ['request' => $request], ...($values['page'] ?? [])];
if (isset($values['slots'])) {
    $context['block'] = ['slots' => new Bag($values['slots'])];
}
echo $twig->render("@Bleib/{$asked['template']}", $context);
