import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { certificate, daysFromNow } from '../../../libs/health/test/certificate.js';
import { freePort } from '../../support/control-plane-process.js';
import type { FurtherListeners } from './kafka.js';

/** Listeners of Kafka that ask who somebody is: by PLAIN or SCRAM in the clear, and by a certificate under TLS. */
export class SecuredListeners implements FurtherListeners {
  readonly username = 'vitals';
  readonly password = 'correct horse';
  readonly broker = certificate({
    commonName: '127.0.0.1',
    names: ['127.0.0.1'],
    notAfter: daysFromNow(2),
  });
  readonly client = certificate({ commonName: 'vitals', notAfter: daysFromNow(2) });
  readonly format = ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
    '--add-scram',
    `${mechanism}=[name=${this.username},password=${this.password}]`,
  ]);
  readonly protocols = 'ASKED:SASL_PLAINTEXT,CERTIFIED:SSL';

  private constructor(
    readonly saslPort: number,
    readonly tlsPort: number,
  ) {}

  static async onFreePorts(): Promise<SecuredListeners> {
    return new SecuredListeners(await freePort(), await freePort());
  }

  get listeners(): string {
    return `ASKED://127.0.0.1:${this.saslPort},CERTIFIED://127.0.0.1:${this.tlsPort}`;
  }

  properties(folder: string): readonly string[] {
    const [store, trusted] = [join(folder, 'broker.pem'), join(folder, 'trusted.pem')];
    writeFileSync(store, this.broker.key + this.broker.cert, { mode: 0o600 });
    writeFileSync(trusted, this.client.cert);
    const login = (module: string): string => `org.apache.kafka.common.security.${module} required`;
    const scram = `${login('scram.ScramLoginModule')};`;
    return [
      'sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
      `listener.name.asked.plain.sasl.jaas.config=${login('plain.PlainLoginModule')} user_${this.username}="${this.password}";`,
      `listener.name.asked.scram-sha-256.sasl.jaas.config=${scram}`,
      `listener.name.asked.scram-sha-512.sasl.jaas.config=${scram}`,
      'ssl.keystore.type=PEM',
      `ssl.keystore.location=${store}`,
      'ssl.truststore.type=PEM',
      `ssl.truststore.location=${trusted}`,
      'ssl.client.auth=required',
    ];
  }
}
