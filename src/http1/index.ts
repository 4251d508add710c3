export { AnswerFault, type AnswerHead } from './answer-head.js';
export { type AnswerListener, AnswerReader } from './answer-reader.js';
