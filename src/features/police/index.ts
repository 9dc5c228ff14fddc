export { Policers } from './policers.ts';
