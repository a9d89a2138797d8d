/** What an import could not carry over, or changed: told at its end, and kept in the project's README. */
export class Report {
  readonly lines: string[] = [];

  add(line: string): void {
    this.lines.push(line);
  }
}
