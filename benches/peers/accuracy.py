"""The table of docs/accuracy.md: the program beside scikit-learn, on the same rows.

    python benches/peers/accuracy.py FOLDER [NAME...] [--seeds 5] [--program target/release/glassgrad]

FOLDER has the data sets as CSV files, the column to predict being "target". Needs scikit-learn and pandas. Each seed holds out
a fifth, of classes the same share of each; adult has a test file of its own. Prints the medians, and every seed's score.
"""
import argparse
import json
import statistics
import subprocess
import tempfile
from pathlib import Path

import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.metrics import accuracy_score, r2_score
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

# Name: epochs, batch, whether the target is a value, more flags.
SETS = {
    "iris": (100, 32, False, ""),
    "wine": (100, 32, False, ""),
    "breast_cancer": (100, 32, False, ""),
    "digits": (50, 32, False, ""),
    "adult": (10, 128, False, ""),
    "diamonds": (20, 128, True, "--activation tanh"),
    "diabetes": (100, 32, True, "--loss huber --dropout 0.35 --weight-decay 0.02"),
}


def parts(folder, name, seed):
    if name == "adult":
        return [pd.read_csv(folder / f"adult_raw_{part}.csv", na_values="?") for part in ["train", "test"]]
    table = pd.read_csv(folder / f"{name}.csv")
    classes = None if SETS[name][2] else table["target"]
    return train_test_split(table, test_size=0.2, random_state=seed, stratify=classes)


def ours(program, train, test, name, seed):
    epochs, batch, _, flags = SETS[name]
    with tempfile.TemporaryDirectory() as folder:
        for table, part in [(train, "tr"), (test, "te")]:
            table.to_csv(f"{folder}/{part}.csv", index=False)
        command = (
            f"{program} train {folder}/tr.csv --target target --test {folder}/te.csv --validation 0 --hidden 64 "
            f"--missing mean --epochs {epochs} --batch {batch} --seed {seed} {flags} --json"
        )
        lines = subprocess.run(command.split(), check=True, capture_output=True, text=True).stdout.splitlines()
    figures = json.loads(lines[-1])["test"]
    return figures["r2"] if SETS[name][2] else figures["accuracy"]


def theirs(train, test, name, seed):
    epochs, batch, values, _ = SETS[name]
    x, y = train.drop(columns="target"), train["target"]
    text = [column for column in x if not pd.api.types.is_numeric_dtype(x[column])]
    numbers = [column for column in x if column not in text]
    columns = make_column_transformer(
        (make_pipeline(SimpleImputer(), StandardScaler()), numbers),
        (
            make_pipeline(
                SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore", sparse_output=False)
            ),
            text,
        ),
    )
    # alpha=0 and the rest: it trains to the end, without a penalty.
    kind = MLPRegressor if values else MLPClassifier
    network = kind(
        hidden_layer_sizes=(64,),
        batch_size=batch,
        max_iter=epochs,
        random_state=seed,
        alpha=0,
        n_iter_no_change=10**6,
        tol=0,
    )
    if not values:
        model = make_pipeline(columns, network).fit(x, y)
        return accuracy_score(test["target"], model.predict(test.drop(columns="target")))
    scale = StandardScaler().fit(y.to_frame())
    model = make_pipeline(columns, network).fit(x, scale.transform(y.to_frame()).ravel())
    predicted = model.predict(test.drop(columns="target")).reshape(-1, 1)
    return r2_score(test["target"], scale.inverse_transform(pd.DataFrame(predicted, columns=["target"])))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", default=list(SETS))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--program", default="target/release/glassgrad")
    flags = parser.parse_args()
    for name in flags.names:
        found, expected = [], []
        for seed in range(flags.seeds):
            train, test = parts(flags.folder, name, seed)
            found.append(ours(flags.program, train, test, name, seed))
            expected.append(theirs(train, test, name, seed))
        for who, scores in [("here", found), ("scikit-learn", expected)]:
            every = " ".join(f"{score:.4f}" for score in scores)
            print(f"{name:14} {who:13} median {statistics.median(scores):.4f}: {every}", flush=True)


if __name__ == "__main__":
    import warnings

    warnings.filterwarnings("ignore")  # that the iterations ran out is what was asked for
    main()
