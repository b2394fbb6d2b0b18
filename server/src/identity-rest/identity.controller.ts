import { Optional } from '@nestjs/common';
import { Type } from '@sinclair/typebox';
import { Body, QueryParams } from '../http/parameters.js';
import { invalidRequest } from '../http/rest-error.js';
import { Resource, Route } from '../http/route.js';
import { BasicAuth } from '../identity/basic-auth.js';
import { AuthenticationResultDto, CredentialsDto, GroupInfoDto } from './identity.dto.js';

const GroupsQuery = Type.Object({ userId: Type.Optional(Type.String()) });

/** The users of the server's configuration. They have names and passwords, and no groups. */
@Resource('identity', 'Identity')
export class IdentityController {
  /** @param auth absent when the server asks for no login; nobody can be verified then */
  constructor(@Optional() private readonly auth?: BasicAuth) {}

  @Route({
    method: 'GET',
    path: 'groups',
    operationId: 'getGroupInfo',
    summary: 'The groups of a user',
    response: GroupInfoDto,
  })
  groups(@QueryParams(GroupsQuery) query: { userId?: string }): GroupInfoDto {
    if (!query.userId) throw invalidRequest('No userId is given');
    return { groups: [], groupUsers: [] };
  }

  @Route({
    method: 'POST',
    path: 'verify',
    status: 200,
    operationId: 'verifyUser',
    summary: 'Whether a user name and a password belong together',
    response: AuthenticationResultDto,
  })
  async verify(@Body(CredentialsDto) { username, password }: CredentialsDto): Promise<AuthenticationResultDto> {
    if (!username || !password) throw invalidRequest('A username and a password are required');
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    const user = this.auth ? await this.auth.userOf({ authorization }) : null;
    return { authenticatedUser: username, groups: null, tenants: null, authenticated: user !== null };
  }
}
