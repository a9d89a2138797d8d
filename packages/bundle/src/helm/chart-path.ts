import { posix } from 'node:path';

/** The path of a file in its chart, or why Helm takes no chart that has such a file. */
export type ChartPath = { readonly name: string } | { readonly problem: string };

/**
 * The path in the chart of a member of its archive, whose first name is the chart's folder: `LoadArchiveFiles` of
 * helm's pkg/chart/loader/archive.go. Helm takes `/etc/passwd` for a file `etc/passwd` of the chart; here it is
 * refused, as other programs would unpack it elsewhere.
 */
export function chartPath(member: string): ChartPath {
  const delimiter = member.includes('\\') ? '\\' : '/';
  const [base, ...rest] = member.split(delimiter);
  const inside = rest.join('/');
  if (posix.isAbsolute(member) || posix.isAbsolute(inside) || /^[a-zA-Z]:$/.test(base!)) {
    return { problem: 'the path is absolute' };
  }
  const name = posix.normalize(inside).replace(/\/$/, '');
  if (name === '.' || inside === '') return { problem: 'the file lies outside the folder of the chart' };
  if (name.startsWith('..')) return { problem: 'the path begins with .., which Helm takes for the folder above' };
  if (/^[a-zA-Z]:\//.test(name)) return { problem: 'the path begins with a drive' };
  if (base === 'Chart.yaml') return { problem: "the chart's folder is named Chart.yaml" };
  return { name };
}
