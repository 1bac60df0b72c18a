// The order out of what the app answers; every word of it comes from there.

export interface Stage {
  readonly state: string;
  readonly label: string;
  readonly when: string;
}

export interface Piece {
  readonly title: string;
  readonly note: string;
  readonly picture: string;
}

export interface Parcel {
  /** Of one among several. */
  readonly title: string;
  readonly lead: string;
  readonly badge: string;
  readonly tone: string;
  readonly arrived: boolean;
  readonly stages: readonly Stage[];
  readonly items_title: string;
  readonly items: readonly Piece[];
  readonly carrier: string;
  readonly number_label: string;
  readonly number: string;
  readonly seen: string;
  readonly url: string | null;
  readonly url_label: string;
}

export interface Field {
  readonly name: string;
  readonly kind: string;
  readonly label: string;
  readonly value: string;
  readonly note: string;
  readonly required: boolean;
  readonly ticked: boolean;
  readonly longest: number;
  readonly choices: readonly { readonly value: string; readonly label: string }[];
}

/** A section beside the order: help, withdrawal, notices, a question. */
export interface Block {
  readonly title: string;
  readonly lead: string;
  readonly lines: readonly string[];
  readonly tone: string;
  readonly button: readonly [label: string, address: string] | null;
  readonly form: {
    readonly action: string;
    readonly fields: readonly Field[];
    readonly sends: readonly { readonly label: string; readonly value: string }[];
    readonly folded: string;
  } | null;
}

export interface Order {
  readonly order: string;
  readonly title: string;
  readonly lead: string;
  readonly note: string;
  readonly follow: string;
  readonly moving: boolean;
  readonly stages: readonly Stage[];
  readonly parcels: readonly Parcel[];
  readonly items_title: string;
  readonly items: readonly Piece[];
  /** Its articles, once all has arrived and nothing is wrong: what else goes with them. */
  readonly products?: readonly string[];
  readonly first?: readonly Block[];
  readonly beside?: readonly Block[];
  readonly again?: string | null;
  readonly again_label?: string;
}

/** The order out of an answer, or null where it is none; an example is there in each language. */
export function orderFrom(value: unknown, lang = ""): Order | null {
  const all = (value ?? {}) as Readonly<Record<string, unknown>>;
  const answer = (all[lang] ?? all) as { order?: unknown };
  const order = (typeof answer.order === "object" ? answer.order : answer) as Order | null;
  const lists = [order?.stages, order?.parcels, order?.items];
  return order?.title && lists.every(Array.isArray) ? order : null;
}
