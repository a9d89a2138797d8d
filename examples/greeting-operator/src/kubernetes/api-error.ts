import { OperatorError } from '../error.ts';

/** The API server said no. `reason` is its own word for it: NotFound, AlreadyExists, Conflict, Expired, Forbidden … */
export class ApiError extends OperatorError {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly reason: string | undefined;

  constructor(status: number, reason: string | undefined, message: string, path: string) {
    super('GREETING_API', `${status}: ${message}`, { path, ...remedy(status) });
    this.status = status;
    this.reason = reason;
  }
}

/** Out of the Status that the API server answers with, or an ERROR event carries, or whatever a proxy said instead. */
export function apiError(status: number, body: unknown, path: string): ApiError {
  const { code, reason, message } = Object(body) as { code?: unknown; reason?: unknown; message?: unknown };
  return new ApiError(
    typeof code === 'number' ? code : status,
    typeof reason === 'string' ? reason : undefined,
    typeof message === 'string' ? message : 'without a reason',
    path,
  );
}

export function hasStatus(error: unknown, status: number): boolean {
  return error instanceof ApiError && error.status === status;
}

function remedy(status: number): { help?: string } {
  if (status === 401)
    return { help: "the service account's token is not accepted: see whether the account still exists" };
  if (status === 403) return { help: 'operator/deploy/role.yaml is not applied, or lacks this' };
  return {};
}
