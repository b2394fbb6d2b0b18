/** An expression between `${` and `}`, as parsed. `offset` counts characters from the start of the whole text. */
export type Node =
  | { readonly kind: 'literal'; readonly value: Literal }
  | { readonly kind: 'identifier'; readonly name: string; readonly offset: number }
  | { readonly kind: 'property'; readonly base: Node; readonly name: Node }
  | { readonly kind: 'method'; readonly base: Node; readonly name: Node; readonly args: readonly Node[] }
  | { readonly kind: 'function'; readonly name: string; readonly args: readonly Node[]; readonly offset: number }
  | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Node }
  | { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly left: Node; readonly right: Node }
  | { readonly kind: 'choice'; readonly condition: Node; readonly yes: Node; readonly no: Node };

/** Long literals are numbers or, beyond 2^53, bigint; Double literals are marked, because 1.0 is the number 1 too. */
export type Literal = string | boolean | null | number | bigint | { readonly double: number };

export type UnaryOperator = '-' | '!' | 'empty';
export type BinaryOperator = ArithmeticOperator | ComparisonOperator | '==' | '!=' | '&&' | '||';
export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';
export type ComparisonOperator = '<' | '<=' | '>' | '>=';

/** The parts of a text in their order: what stands outside of the braces, and the expressions. */
export type Template = readonly (string | Node)[];
