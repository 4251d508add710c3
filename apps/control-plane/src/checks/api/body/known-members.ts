import type { Type } from '@nestjs/common';
import type { FieldFault } from '@vitals/core/errors';
import { getMetadataStorage } from 'class-validator';
import { pointerTo } from '@vitals/core/json';
import { ONLY_ANSWERED } from '../view/check.view.js';
import { CheckDto } from './check.dto.js';
import { DnsTargetDto } from './dns.dto.js';
import { isRecord } from './rule.js';
import { BodyJsonDto, GrpcTargetDto, HttpTargetDto, TcpTargetDto, TlsTargetDto } from './target.dto.js';
import { WindowDto } from './window.dto.js';

/** What the members of a class are in turn, where that is a class. */
const PARTS: ReadonlyMap<Type, Readonly<Record<string, Type>>> = new Map<
  Type,
  Readonly<Record<string, Type>>
>([
  [
    CheckDto,
    {
      http: HttpTargetDto,
      tcp: TcpTargetDto,
      grpc: GrpcTargetDto,
      tls: TlsTargetDto,
      dns: DnsTargetDto,
      maintenance: WindowDto,
    },
  ],
  [HttpTargetDto, { body_json: BodyJsonDto }],
]);

/** A fault for each member of a check that nobody would read: it is misspelt, or belongs elsewhere. */
export function unknownMembers(body: unknown): FieldFault[] {
  return faultsOf(body, CheckDto, '', ONLY_ANSWERED);
}

function faultsOf(
  value: unknown,
  type: Type,
  parent: string,
  passedOver: readonly string[] = [],
): FieldFault[] {
  if (Array.isArray(value)) {
    // a list in a list is refused for itself; it may be deeper than the stack
    return value.flatMap((item, at) => (isRecord(item) ? faultsOf(item, type, `${parent}/${at}`) : []));
  }
  if (!isRecord(value)) return [];
  const known = membersOf(type);
  const detail = `is not known here; the members are ${[...known].join(', ')}`;
  return Object.entries(value).flatMap(([key, member]) => {
    const pointer = pointerTo(parent, key);
    if (!known.has(key)) return passedOver.includes(key) ? [] : [{ pointer, detail }];
    const part = PARTS.get(type)?.[key];
    return part ? faultsOf(member, part, pointer) : [];
  });
}

function membersOf(type: Type): ReadonlySet<string> {
  const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', true, false);
  return new Set(rules.map(({ propertyName }) => propertyName));
}
