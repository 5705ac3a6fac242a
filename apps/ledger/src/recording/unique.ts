import { QueryFailedError } from 'typeorm';

/** The constraint that refused a row (PostgreSQL 23505), or null for any other trouble. */
export function uniqueViolation(error: unknown): string | null {
  if (!(error instanceof QueryFailedError)) return null;
  const { code, constraint } = error.driverError as { code?: string; constraint?: string };
  return code === '23505' ? (constraint ?? '') : null;
}
