import { DeclarationsController } from '../../declarations/declarations.controller.js';
import { DeclarationPlan } from '../schemas/declarations.js';
import { chapter } from '../document/operation.js';

/** Calls about what is declared in a file. */
export const DECLARATIONS = [
  chapter('Declarations', DeclarationsController, {
    plan: {
      id: 'planDeclarations',
      summary: 'Says what a file of declarations would change, and changes nothing',
      description:
        'The document replaces all checks that were declared before. It may be up to 2 MiB. The errors in an invalid document are JSON Pointers into it.',
      answers: { 200: 'The differences; nothing would change if create, change and remove are empty.' },
      body: DeclarationPlan,
      refusals: ['store-unavailable'],
    },
  }),
];
