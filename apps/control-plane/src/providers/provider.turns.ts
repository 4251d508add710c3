import { Injectable } from '@nestjs/common';
import { Turns } from '../database/turns.js';

/** The turns of providers, by name. */
@Injectable()
export class ProviderTurns extends Turns {}
