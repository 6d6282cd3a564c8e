"""The scikit-learn model in MLflow's own format, as `mlflow models serve` takes it."""

import sys

import joblib
import mlflow

TRUSTED = ["sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor"]

folder = sys.argv[1]
mlflow.sklearn.save_model(joblib.load(f"{folder}/model.joblib"), f"{folder}/mlflow", skops_trusted_types=TRUSTED)
