import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiKeysService } from '../organisations/api-keys.service.ts';
import { ALLOWED_ROLES, type CalledRequest, type CallerIdentity, PUBLIC, type Role } from './caller.ts';
import { RefusalError } from './refusal.ts';

/** Who sent this. @throws RefusalError 401 `http/unauthenticated` */
export async function requireCaller(
  keys: ApiKeysService,
  { headers }: Pick<CalledRequest, 'headers'>,
): Promise<CallerIdentity> {
  const key = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1];
  const caller = key ? await keys.callerOf(key) : null;
  if (caller) return caller;
  throw new RefusalError({
    status: 401,
    code: 'http/unauthenticated',
    detail: key ? 'this API key is not known here' : 'no API key was sent',
    remedy: 'send the header "Authorization: Bearer alk_…" with a key of this installation',
  });
}

/** Every route asks for an API key, unless it says @Public(). */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly keys: ApiKeysService,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean>(PUBLIC, targets)) return true;
    const request = context.switchToHttp().getRequest<CalledRequest>();
    const caller = await requireCaller(this.keys, request);
    request.caller = caller;
    const allowed = this.reflector.getAllAndOverride<Role[] | undefined>(ALLOWED_ROLES, targets);
    if (!allowed || allowed.includes(caller.role)) return true;
    throw new RefusalError({
      status: 403,
      code: 'http/forbidden',
      detail: `the key belongs to a ${caller.role}; this asks for ${allowed.join(' or ')}`,
      remedy: 'use a key of that role; the operator makes organisations and keys',
    });
  }
}
