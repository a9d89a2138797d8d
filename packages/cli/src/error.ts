/** An error of the program itself. `code` is stable and listed in docs/errors.md. */
export class CliError extends Error {
  override readonly name: string = 'CliError';
  readonly code: `INGOT_${string}`;
  readonly help: string;

  constructor(code: `INGOT_${string}`, message: string, help: string) {
    super(message);
    this.code = code;
    this.help = help;
  }
}

/** INGOT_USAGE: the command line is not one that the program knows. Exit code 2. */
export class UsageError extends CliError {
  override readonly name = 'UsageError';

  constructor(message: string, help: string) {
    super('INGOT_USAGE', message, help);
  }
}
