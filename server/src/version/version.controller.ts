import { Type } from '@sinclair/typebox';
import { Resource, Route } from '../http/route.js';
import { Dto } from '../http/schema.js';

const VersionDto = Dto('VersionDto', { version: Type.String() });

/** The version of Camunda 7 whose REST contract this server speaks: clients decide by it what they may ask for. */
const CONTRACT_VERSION = '7.24.0';

@Resource('version', 'Version')
export class VersionController {
  @Route({
    method: 'GET',
    operationId: 'getRestAPIVersion',
    summary: "The version of Camunda 7's REST contract that is spoken here",
    response: VersionDto,
  })
  get() {
    return { version: CONTRACT_VERSION };
  }
}
