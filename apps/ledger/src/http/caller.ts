import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

export const ROLES = ['exporter', 'body', 'registrar', 'operator'] as const;
export type Role = (typeof ROLES)[number];

/** Who calls: the organisation of the API key. */
export type CallerIdentity = {
  /** uuid of the organisation row; every row of a tenant carries it. */
  readonly organisation: string;
  readonly slug: string;
  readonly did: string;
  readonly role: Role;
};

export type CalledRequest = FastifyRequest & { caller?: CallerIdentity };

export const PUBLIC = 'anchorleaf:public';
export const ALLOWED_ROLES = 'anchorleaf:roles';

/** No API key is asked for. Every other route answers 401 without one. */
export const Public = () => SetMetadata(PUBLIC, true);

/** Only keys of these roles; others get 403. Without it any key will do. */
export const Roles = (...roles: Role[]) => SetMetadata(ALLOWED_ROLES, roles);

/** The caller of a route that is not public. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): CallerIdentity => {
  const { caller } = context.switchToHttp().getRequest<CalledRequest>();
  if (!caller) throw new Error('@Caller() on a public route: there is no caller');
  return caller;
});
