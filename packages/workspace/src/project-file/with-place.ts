import { ProjectError, type Place } from '../error.ts';

interface Coded {
  readonly code: `INGOT_${string}`;
  readonly help?: string;
  readonly path?: string;
  readonly digest?: string;
}

/**
 * Does `work`; an error of Ingot's libraries that knows no place becomes one that points at `place`: the line of a
 * project file that asked for what failed. Other errors pass unchanged.
 */
export async function withPlace<T>(place: Place, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw placed(error, place);
  }
}

/** The error as `withPlace` throws it. */
export function placed(error: unknown, place: Place): unknown {
  if (!(error instanceof Error) || !isCoded(error)) return error;
  if (error instanceof ProjectError && error.place) return error;
  const { code, help, path, digest } = error;
  return new ProjectError(code, error.message, {
    place,
    ...(help === undefined ? {} : { help }),
    ...(path === undefined ? {} : { path }),
    ...(digest === undefined ? {} : { digest }),
    cause: error,
  });
}

function isCoded(error: Error): error is Error & Coded {
  return 'code' in error && typeof error.code === 'string' && error.code.startsWith('INGOT_');
}
