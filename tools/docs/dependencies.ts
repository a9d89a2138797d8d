/** The dependencies that the page gives a reason for: rows of its tables that begin with a name (`| \`yaml\` | why |`). */
export function dependenciesListed(page: string): string[] {
  return page.split('\n').flatMap((line) => /^\|\s*`([^`]+)`\s*\|\s*[^|\s][^|]*\|\s*$/.exec(line)?.[1] ?? []);
}
