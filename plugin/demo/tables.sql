CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE IF NOT EXISTS products (
  id INTEGER PRIMARY KEY, handle TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, glaze TEXT NOT NULL,
  collection TEXT NOT NULL, title TEXT NOT NULL, texts TEXT NOT NULL, tax INTEGER NOT NULL,
  featured INTEGER NOT NULL DEFAULT 0, sold INTEGER NOT NULL DEFAULT 0,
  created_at TEXT NOT NULL, updated_at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS products_updated ON products (updated_at, id);
CREATE TABLE IF NOT EXISTS variants (
  id INTEGER PRIMARY KEY, product_id INTEGER NOT NULL, position INTEGER NOT NULL,
  title TEXT NOT NULL, price INTEGER NOT NULL, compare_at INTEGER, unit_cost INTEGER,
  available INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX IF NOT EXISTS variants_product ON variants (product_id, position);
CREATE TABLE IF NOT EXISTS product_facts (
  product_id INTEGER PRIMARY KEY, category TEXT NOT NULL, tags TEXT NOT NULL,
  complementary TEXT NOT NULL, related TEXT NOT NULL, rating TEXT
);
CREATE TABLE IF NOT EXISTS variant_facts (
  variant_id INTEGER PRIMARY KEY, option TEXT, quantity REAL, unit TEXT
);

CREATE TABLE IF NOT EXISTS customers (
  id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE COLLATE NOCASE, first_name TEXT, last_name TEXT,
  locale TEXT, tags TEXT NOT NULL DEFAULT '[]', marketing_state TEXT NOT NULL DEFAULT 'NOT_SUBSCRIBED',
  marketing_level TEXT, marketing_at TEXT, created_at TEXT NOT NULL, updated_at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS customers_updated ON customers (updated_at, id);

CREATE TABLE IF NOT EXISTS orders (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, token TEXT NOT NULL, email TEXT,
  customer_id INTEGER, created_at TEXT NOT NULL, updated_at TEXT NOT NULL, cancelled_at TEXT,
  financial_status TEXT NOT NULL, currency TEXT NOT NULL, subtotal INTEGER NOT NULL,
  discount INTEGER NOT NULL, shipping INTEGER NOT NULL, total INTEGER NOT NULL, code TEXT,
  code_kind TEXT, first_name TEXT, last_name TEXT, street TEXT, zip TEXT, city TEXT, country TEXT,
  stage INTEGER NOT NULL DEFAULT 1, attributes TEXT NOT NULL DEFAULT '{}', source TEXT, medium TEXT
);
CREATE INDEX IF NOT EXISTS orders_updated ON orders (updated_at, id);
CREATE INDEX IF NOT EXISTS orders_created ON orders (created_at, id);
CREATE INDEX IF NOT EXISTS orders_customer ON orders (customer_id);
CREATE INDEX IF NOT EXISTS orders_token ON orders (token);
CREATE INDEX IF NOT EXISTS orders_open ON orders (stage) WHERE stage < 4;
CREATE TABLE IF NOT EXISTS lines (
  id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL, product_id INTEGER NOT NULL,
  variant_id INTEGER NOT NULL, title TEXT NOT NULL, quantity INTEGER NOT NULL,
  price INTEGER NOT NULL, discount INTEGER NOT NULL DEFAULT 0, properties TEXT
);
CREATE INDEX IF NOT EXISTS lines_order ON lines (order_id, id);

CREATE TABLE IF NOT EXISTS fulfillments (
  id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL, company TEXT NOT NULL, number TEXT NOT NULL,
  url TEXT NOT NULL, status TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
  estimated_at TEXT, in_transit_at TEXT, delivered_at TEXT
);
CREATE INDEX IF NOT EXISTS fulfillments_order ON fulfillments (order_id);
CREATE TABLE IF NOT EXISTS parcel_lines (
  fulfillment_id INTEGER NOT NULL, line_id INTEGER NOT NULL, quantity INTEGER NOT NULL,
  PRIMARY KEY (fulfillment_id, line_id)
);
CREATE TABLE IF NOT EXISTS fulfillment_events (
  id INTEGER PRIMARY KEY, fulfillment_id INTEGER NOT NULL, status TEXT NOT NULL,
  happened_at TEXT NOT NULL, message TEXT, city TEXT, country TEXT
);
CREATE INDEX IF NOT EXISTS fulfillment_events_parcel ON fulfillment_events (fulfillment_id);

CREATE TABLE IF NOT EXISTS carts (
  token TEXT PRIMARY KEY, codes TEXT NOT NULL DEFAULT '[]', created_at TEXT NOT NULL,
  attributes TEXT NOT NULL DEFAULT '{}'
);
CREATE TABLE IF NOT EXISTS cart_lines (
  id INTEGER PRIMARY KEY, cart TEXT NOT NULL, line_key TEXT NOT NULL, variant_id INTEGER NOT NULL,
  quantity INTEGER NOT NULL, properties TEXT NOT NULL DEFAULT '{}', UNIQUE (cart, line_key)
);

CREATE TABLE IF NOT EXISTS discounts (
  id INTEGER PRIMARY KEY AUTOINCREMENT, code TEXT NOT NULL UNIQUE COLLATE NOCASE, title TEXT NOT NULL,
  starts_at TEXT NOT NULL, ends_at TEXT, usage_limit INTEGER, once_per_customer INTEGER NOT NULL,
  kind TEXT NOT NULL, value TEXT NOT NULL, minimum_subtotal INTEGER, minimum_quantity INTEGER,
  context TEXT NOT NULL, combines TEXT NOT NULL, used INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE IF NOT EXISTS installs (
  client_id TEXT PRIMARY KEY, id INTEGER NOT NULL, scopes TEXT NOT NULL, installed_at TEXT NOT NULL,
  embed INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS grants (
  code TEXT PRIMARY KEY, scopes TEXT NOT NULL, expires REAL NOT NULL, used INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS tokens (
  id INTEGER PRIMARY KEY AUTOINCREMENT, access TEXT NOT NULL UNIQUE, refresh TEXT NOT NULL UNIQUE,
  scopes TEXT NOT NULL, expires REAL NOT NULL, refresh_expires REAL NOT NULL,
  replaces INTEGER, used INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS metafields (
  id INTEGER PRIMARY KEY, owner TEXT NOT NULL, namespace TEXT NOT NULL, key TEXT NOT NULL,
  type TEXT NOT NULL, value TEXT NOT NULL, UNIQUE (owner, namespace, key)
);
CREATE TABLE IF NOT EXISTS bulk_operations (
  id INTEGER PRIMARY KEY, file TEXT NOT NULL, status TEXT NOT NULL, objects INTEGER NOT NULL DEFAULT 0,
  roots INTEGER NOT NULL DEFAULT 0, error TEXT
);

CREATE TABLE IF NOT EXISTS webhooks (
  id INTEGER PRIMARY KEY, topic TEXT NOT NULL, about TEXT NOT NULL, body BLOB NOT NULL,
  event_id TEXT NOT NULL, webhook_id TEXT NOT NULL, triggered_at TEXT NOT NULL, due REAL NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0, state TEXT NOT NULL, answer TEXT
);
CREATE INDEX IF NOT EXISTS webhooks_due ON webhooks (state, due);
CREATE TABLE IF NOT EXISTS mails (
  id INTEGER PRIMARY KEY, received_at TEXT NOT NULL, sender TEXT NOT NULL, recipient TEXT NOT NULL,
  subject TEXT NOT NULL, class TEXT NOT NULL, raw BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS log (
  id INTEGER PRIMARY KEY, at TEXT NOT NULL, line TEXT NOT NULL, outcome TEXT NOT NULL,
  rest TEXT NOT NULL
);
