/** Names of projects that a text may mention, comments left out: more than it does in truth. For inference: no parser. */
export function mentionedProjects(text: string): string[] {
  // What follows ` #` is no comment within quotes.
  const said = text.replaceAll(/^\s*#.*$/gm, '').replaceAll(/^([^"'\n]*\s)#.*$/gm, '$1');
  return [...said.matchAll(/project:([\w@][\w.@/-]*)/g)].map((match) => match[1]!);
}
