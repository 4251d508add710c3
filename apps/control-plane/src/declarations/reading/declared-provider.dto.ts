import { IsBoolean } from 'class-validator';
import { IfGiven } from '../../http/validation.js';
import { RegisterProviderDto } from '../../providers/registration/registration.dto.js';

/** A provider as it is declared: a registration, and whether it is to be cordoned. */
export class DeclaredProviderDto extends RegisterProviderDto {
  @IfGiven()
  @IsBoolean()
  cordoned?: boolean;
}
