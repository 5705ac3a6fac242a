import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { APPEND_PATH } from '../log/append.route.ts';
import { describeBodies } from './dto-schemas.ts';

/** OpenAPI 3.1 at /api/docs (page) and /api/docs-json; made at the first request, not at the start. */
export function installApiDocs(app: INestApplication): void {
  const options = new DocumentBuilder()
    .setTitle('Anchorleaf')
    .setDescription('Carbon ledger and digital product passports. Refusals are problem documents (RFC 9457).')
    .setVersion('1')
    .setOpenAPIVersion('3.1.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'alk_…' })
    .build();
  const describe = () => {
    const api = describeBodies(SwaggerModule.createDocument(app, options));
    return { ...api, paths: { ...api.paths, ...APPEND_PATH } };
  };
  SwaggerModule.setup('api/docs', app, describe, { customSiteTitle: 'Anchorleaf API' });
}
