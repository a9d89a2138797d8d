/**
 * What a consumer would say of a finished file. An `error` is refused by the consumer, or fails there; a `warning` works
 * and is not what its documentation recommends, or is lost on the way; a `note` is what cannot be judged from the file.
 */
export interface Finding {
  readonly level: 'error' | 'warning' | 'note';
  /** `<format>/<rule>`: stable, and the same for all findings of a rule. */
  readonly rule: string;
  /** What is wrong, with the paths that it is wrong of. */
  readonly message: string;
  /** What to do about it. */
  readonly help?: string;
}

/** Findings of one format's rules, collected. */
export class Findings {
  readonly #format: string;
  readonly #all: Finding[] = [];

  constructor(format: string) {
    this.#format = format;
  }

  error(rule: string, message: string, help?: string): void {
    this.#add('error', rule, message, help);
  }

  warning(rule: string, message: string, help?: string): void {
    this.#add('warning', rule, message, help);
  }

  note(rule: string, message: string, help?: string): void {
    this.#add('note', rule, message, help);
  }

  get all(): readonly Finding[] {
    return this.#all;
  }

  #add(level: Finding['level'], rule: string, message: string, help: string | undefined): void {
    this.#all.push({ level, rule: `${this.#format}/${rule}`, message, ...(help === undefined ? {} : { help }) });
  }
}

/** A few of many paths: `a, b, c and 12 more`. */
export function some(paths: readonly string[], most = 5): string {
  const rest = paths.length - most;
  return rest > 0 ? `${paths.slice(0, most).join(', ')} and ${rest} more` : paths.join(', ');
}
