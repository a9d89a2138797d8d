export type ErrorCode =
  | 'GREETING_ARGUMENTS'
  | 'GREETING_ACCESS'
  | 'GREETING_API'
  | 'GREETING_CONFIG'
  | 'GREETING_IMAGE'
  | 'GREETING_NAME'
  | 'GREETING_FOREIGN';

export interface ErrorFacts {
  /** What to do about it. */
  readonly help?: string;
  /** The file, or the path at the API server. */
  readonly path?: string;
  readonly cause?: unknown;
}

/** Everything that this operator says went wrong: a stable code, the facts, and where one can be said a remedy. */
export class OperatorError extends Error {
  override readonly name: string = 'OperatorError';
  readonly code: ErrorCode;
  readonly help: string | undefined;
  readonly path: string | undefined;

  constructor(code: ErrorCode, message: string, { help, path, cause }: ErrorFacts = {}) {
    super(message, cause === undefined ? {} : { cause });
    this.code = code;
    this.help = help;
    this.path = path;
  }
}

/** An error as fields of a line of the log. */
export function errorFields(error: unknown): Record<string, unknown> {
  if (error instanceof OperatorError) {
    const { code, message, path, help } = error;
    return { code, error: message, path, help };
  }
  return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
