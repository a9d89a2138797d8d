/** What stands in a manifest that nobody has checked: each of these gives something empty where it is of another type. */
export type Values = Readonly<Record<string, unknown>>;

export function mapOf(value: unknown): Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Values) : {};
}

/** The maps of a list. */
export function listOf(value: unknown): readonly Values[] {
  return Array.isArray(value) ? (value as readonly unknown[]).map(mapOf) : [];
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
