import type { Node } from './ast.js';

/** Visits a node and everything in it, from left to right. */
export function walk(node: Node, visit: (node: Node) => void): void {
  visit(node);
  for (const child of children(node)) walk(child, visit);
}

function children(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'literal':
    case 'identifier':
      return [];
    case 'property':
      return [node.base, node.name];
    case 'method':
      return [node.base, node.name, ...node.args];
    case 'function':
      return node.args;
    case 'unary':
      return [node.operand];
    case 'binary':
      return [node.left, node.right];
    case 'choice':
      return [node.condition, node.yes, node.no];
  }
}
