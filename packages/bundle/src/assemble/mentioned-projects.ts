/** Names of projects that a text may mention: more than it does in truth, never fewer. For inference: no parser. */
export function mentionedProjects(text: string): string[] {
  return [...text.matchAll(/project:([^\s#"',\]}]+)/g)].map((match) => match[1]!);
}
