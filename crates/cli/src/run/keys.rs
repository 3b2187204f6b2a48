//! Every key of RUN.toml, as `docs/run.md` lists them.

/// One key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    /// The table that it is in; empty at the top.
    pub(crate) table: &'static str,
    /// Its name.
    pub(crate) name: &'static str,
    /// The flag that overrules it; empty if there is none.
    pub(crate) flag: &'static str,
}

/// All keys, in the order of the documentation. A parameter of `model.parameters` may have any name.
pub(crate) const KEYS: &[Key] = &[
    key("", "seed", "--seed"),
    key("", "precision", "--precision"),
    key("data", "train", "--data"),
    key("data", "labels", "--labels"),
    key("data", "rows", ""),
    key("data", "target", "--target"),
    key("data", "task", "--task"),
    key("data", "test", "--test"),
    key("data", "test_labels", "--test-labels"),
    key("data", "validation", "--validation"),
    key("data", "scale", "--scale"),
    key("data", "missing", "--missing"),
    key("data", "unseen", "--unseen"),
    key("data", "categories", ""),
    key("data", "delimiter", "--delimiter"),
    key("data", "ignore", "--ignore"),
    key("data", "stream", "--stream"),
    key("data", "window", "--window"),
    key("model", "hidden", "--hidden"),
    key("model", "activation", "--activation"),
    key("model", "loss", "--loss"),
    key("model", "delta", ""),
    key("model", "init", "--init"),
    key("model", "dropout", "--dropout"),
    key("model.parameters", "file", ""),
    key("optimizer", "name", "--optimizer"),
    key("optimizer", "lr", "--lr"),
    key("optimizer", "momentum", "--momentum"),
    key("optimizer", "nesterov", "--nesterov"),
    key("optimizer", "weight_decay", "--weight-decay"),
    key("optimizer", "beta1", ""),
    key("optimizer", "beta2", ""),
    key("optimizer", "alpha", ""),
    key("optimizer", "eps", ""),
    key("optimizer", "clip_norm", ""),
    key("train", "epochs", "--epochs"),
    key("train", "batch", "--batch"),
    key("train", "shards", "--shards"),
    key("train", "shuffle", "--no-shuffle"),
    key("train.early_stopping", "patience", "--patience"),
];

const fn key(table: &'static str, name: &'static str, flag: &'static str) -> Key {
    Key { table, name, flag }
}

/// The flag that overrules a key, named with its tables.
pub(crate) fn flag(key: &str) -> Option<&'static str> {
    let (table, name) = key.rsplit_once('.').unwrap_or(("", key));
    let known = KEYS.iter().find(|known| known.table == table && known.name == name)?;
    Some(known.flag).filter(|flag| !flag.is_empty())
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
