/** No column but the last is narrower (onmetal-image cmd/list: text/tabwriter with minwidth 12, padding 1). */
const narrowest = 12;

/** Lines of columns that are filled with blanks, the last one as it is. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const last = (rows[0]?.length ?? 0) - 1;
  const widths = Array.from({ length: last }, (_, column) =>
    Math.max(narrowest, ...rows.map((row) => (row[column] ?? '').length + 1)),
  );
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(''));
}
