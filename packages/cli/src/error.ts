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

/** What is wrong with an argument itself, whoever finds it out. */
const wrongArguments: readonly unknown[] = [
  'INGOT_USAGE',
  'INGOT_DESTINATION',
  'INGOT_SOURCE_SYNTAX',
  'INGOT_REFERENCE_SYNTAX',
  'INGOT_PLATFORM_SYNTAX',
];

/** Is the command line one that cannot be meant, as it stands? Exit code 2. */
export function isWrongUsage(error: unknown): boolean {
  return error instanceof Error && wrongArguments.includes((error as Error & { readonly code?: unknown }).code);
}
