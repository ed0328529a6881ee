import {
  OperationNodeTransformer,
  SchemableIdentifierNode,
  type KyselyPlugin,
  type PluginTransformQueryArgs,
  type PluginTransformResultArgs,
  type QueryResult,
  type RootOperationNode,
  type UnknownRow,
} from 'kysely';

/** Writes the tables as this database spells them: on Linux MySQL tells `CONTACTS` from `contacts`. */
export class TableNamesPlugin implements KyselyPlugin {
  readonly #transformer: TableNames;

  /** @param names as the database has them, by the vendor's names */
  constructor(names: Readonly<Record<string, string>>) {
    this.#transformer = new TableNames(names);
  }

  transformQuery({ node }: PluginTransformQueryArgs): RootOperationNode {
    return this.#transformer.transformNode(node);
  }

  async transformResult({ result }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    return result;
  }
}

class TableNames extends OperationNodeTransformer {
  readonly #names: Readonly<Record<string, string>>;

  constructor(names: Readonly<Record<string, string>>) {
    super();
    this.#names = names;
  }

  protected override transformSchemableIdentifier(node: SchemableIdentifierNode): SchemableIdentifierNode {
    const name = this.#names[node.identifier.name];
    return name === undefined ? node : SchemableIdentifierNode.create(name);
  }
}
