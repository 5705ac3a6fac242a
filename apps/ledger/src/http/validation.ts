import { ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { RefusalError, type RefusalItem } from './refusal.ts';

/** Shape of a body by its DTO class: unknown members are refused, all mistakes are named with their JSON pointers. */
export function createValidationPipe(): ValidationPipe {
  return new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    stopAtFirstError: false,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) => invalidBody(errors.flatMap((error) => itemsOf(error, ''))),
  });
}

function invalidBody(errors: readonly RefusalItem[]): RefusalError {
  const [first] = errors;
  return new RefusalError({
    status: 400,
    code: 'http/invalid-body',
    detail:
      errors.map(({ pointer, detail }) => `${pointer}: ${detail}`).join('; ') ||
      'the body has not the right shape',
    remedy: 'correct the named members; shapes are described at /api/docs',
    ...(first?.pointer !== undefined && { pointer: first.pointer }),
    errors,
  });
}

/** RFC 6901 §3. */
const escapePointer = (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1');

function itemsOf(error: ValidationError, parent: string): RefusalItem[] {
  const pointer = `${parent}/${escapePointer(error.property)}`;
  const own = Object.entries(error.constraints ?? {}).map(([constraint, detail]) => ({
    code: constraint === 'whitelistValidation' ? 'http/unknown-member' : 'http/invalid-member',
    detail,
    pointer,
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => itemsOf(child, pointer))];
}
