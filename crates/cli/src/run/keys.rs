//! Every key of RUN.toml, as `docs/run.md` lists them.

/// One key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    /// The table that it is in; empty at the top.
    pub(crate) table: &'static str,
    /// Its name.
    pub(crate) name: &'static str,
}

/// All keys, in the order of the documentation. A parameter of `model.parameters` may have any name.
pub(crate) const KEYS: &[Key] = &[
    key("", "seed"),
    key("", "precision"),
    key("data", "train"),
    key("data", "labels"),
    key("data", "rows"),
    key("data", "target"),
    key("data", "task"),
    key("data", "test"),
    key("data", "test_labels"),
    key("data", "validation"),
    key("data", "scale"),
    key("data", "missing"),
    key("data", "unseen"),
    key("data", "categories"),
    key("data", "delimiter"),
    key("data", "ignore"),
    key("data", "stream"),
    key("data", "window"),
    key("model", "hidden"),
    key("model", "activation"),
    key("model", "loss"),
    key("model", "delta"),
    key("model", "init"),
    key("model", "dropout"),
    key("model.parameters", "file"),
    key("optimizer", "name"),
    key("optimizer", "lr"),
    key("optimizer", "momentum"),
    key("optimizer", "nesterov"),
    key("optimizer", "weight_decay"),
    key("optimizer", "beta1"),
    key("optimizer", "beta2"),
    key("optimizer", "alpha"),
    key("optimizer", "eps"),
    key("optimizer", "clip_norm"),
    key("train", "epochs"),
    key("train", "batch"),
    key("train", "shards"),
    key("train", "shuffle"),
    key("train.early_stopping", "patience"),
];

const fn key(table: &'static str, name: &'static str) -> Key {
    Key { table, name }
}

/// What may stand in a table: keys, and tables inside it.
pub(crate) fn within(table: &str) -> Vec<String> {
    let keys = KEYS.iter().filter(|key| key.table == table).map(|key| key.name);
    let inner = |path: &'static str| match table {
        "" => path.split('.').next(),
        _ => path.strip_prefix(table)?.strip_prefix('.')?.split('.').next(),
    };
    let mut names: Vec<String> = Vec::new();
    for name in keys.chain(KEYS.iter().filter_map(|key| inner(key.table))) {
        if !name.is_empty() && !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}
