/** Generated from tests/golden/openapi.json by `npm run api`: do not change it by hand. */

export interface paths {
    "/api/v1/alerts/{alert}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get an alert with its evidence */
        get: operations["get_alerts_alert"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alerts/{alert}/resolve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Resolve an alert */
        post: operations["post_alerts_alert_resolve"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Events with their actors, the newest first (format=csv or jsonl: all of them as a file) */
        get: operations["get_audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deliveries/failed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Failed deliveries */
        get: operations["get_deliveries_failed"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deliveries/failed/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Try failed deliveries again */
        post: operations["post_deliveries_failed_retry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{job}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a job */
        get: operations["get_jobs_job_path"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{job}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancel a job */
        post: operations["post_jobs_job_path_cancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/lineage/{kind}/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get what a thing came from and what came of it */
        get: operations["get_lineage_kind_id_path"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign in with a one-time code, or user and password */
        post: operations["post_login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/login-codes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A one-time code for a user */
        post: operations["post_login_codes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End the session that the request is sent with */
        post: operations["post_logout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who the caller is, and what the caller may do */
        get: operations["get_me"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Replace the own password */
        put: operations["put_me_password"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The caller's open sessions */
        get: operations["get_me_sessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/sessions/{session}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End one of the caller's sessions */
        delete: operations["delete_me_sessions_session"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The tokens that the caller may manage */
        get: operations["get_me_tokens"];
        put?: never;
        /** A new token; its secret is shown once */
        post: operations["post_me_tokens"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/tokens/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke a token; it is refused at once */
        delete: operations["delete_me_tokens_token"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/tokens/{token}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Another secret for a token */
        post: operations["post_me_tokens_token_rotate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/model-versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a version of a model */
        get: operations["get_model_versions_version"];
        put?: never;
        post?: never;
        /** Delete a version that nothing uses */
        delete: operations["delete_model_versions_version"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pipeline-runs/{run}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a pipeline run with its steps */
        get: operations["get_pipeline_runs_run"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pipeline-runs/{run}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancel a pipeline run */
        post: operations["post_pipeline_runs_run_cancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Projects that the caller may see */
        get: operations["get_projects"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A project with all that it declares */
        get: operations["get_projects_project"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/alerts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List alerts, the newest first */
        get: operations["get_projects_project_alerts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Events with their actors, the newest first (format=csv or jsonl: all of them as a file) */
        get: operations["get_projects_project_audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/bake-periods": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List bake periods, the newest first */
        get: operations["get_projects_project_bake_periods"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/bundles/apply": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Store a bundle and make it current */
        post: operations["post_projects_project_bundles_apply"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/bundles/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What applying a bundle would change */
        post: operations["post_projects_project_bundles_plan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/datasets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List datasets */
        get: operations["get_projects_project_datasets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/datasets/{dataset}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a dataset */
        get: operations["get_projects_project_datasets_dataset"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/datasets/{dataset}/snapshots": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List snapshots, the newest first */
        get: operations["get_projects_project_datasets_dataset_snapshots"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/endpoints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List endpoints with what they serve */
        get: operations["get_projects_project_endpoints"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/endpoints/{endpoint}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get an endpoint with what it serves */
        get: operations["get_projects_project_endpoints_endpoint"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/endpoints/{endpoint}/comparisons": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What another version would have said on the rows served */
        post: operations["post_projects_project_endpoints_endpoint_comparisons"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/endpoints/{endpoint}/deployments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List deployments, the newest first */
        get: operations["get_projects_project_endpoints_endpoint_deployments"];
        put?: never;
        /** Deploy a model version */
        post: operations["post_projects_project_endpoints_endpoint_deployments"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/endpoints/{endpoint}/drift": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get the drift of every column by day */
        get: operations["get_projects_project_endpoints_endpoint_drift"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/endpoints/{endpoint}/infer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Predict through the server: body and answer of the Open Inference Protocol v2 */
        post: operations["post_projects_project_endpoints_endpoint_infer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/endpoints/{endpoint}/labels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send labels of predictions */
        post: operations["post_projects_project_endpoints_endpoint_labels"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/endpoints/{endpoint}/labels/{prediction}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a prediction's label, null before it came */
        get: operations["get_projects_project_endpoints_endpoint_labels_prediction_path"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/endpoints/{endpoint}/predictions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List predictions, the newest first */
        get: operations["get_projects_project_endpoints_endpoint_predictions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/endpoints/{endpoint}/predictions/{prediction}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a prediction */
        get: operations["get_projects_project_endpoints_endpoint_predictions_prediction_path"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/endpoints/{endpoint}/quality": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get realised metrics by event day */
        get: operations["get_projects_project_endpoints_endpoint_quality"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/endpoints/{endpoint}/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Deploy the former version again */
        post: operations["post_projects_project_endpoints_endpoint_rollback"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List events, the newest first; with `after` (a sequence number) the oldest first */
        get: operations["get_projects_project_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/experiments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List experiments */
        get: operations["get_projects_project_experiments"];
        put?: never;
        /** Create an experiment */
        post: operations["post_projects_project_experiments"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/feature-services": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List feature services */
        get: operations["get_projects_project_feature_services"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/feature-views": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List feature views */
        get: operations["get_projects_project_feature_views"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/features/lookup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Look up the features of an entity at a moment */
        get: operations["get_projects_project_features_lookup"];
        put?: never;
        /** Look up features with request columns */
        post: operations["post_projects_project_features_lookup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List jobs, the newest first */
        get: operations["get_projects_project_jobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Users with a role in a project */
        get: operations["get_projects_project_members"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/members/{user}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Give a user a role in a project */
        put: operations["put_projects_project_members_user"];
        post?: never;
        /** Take a user out of a project */
        delete: operations["delete_projects_project_members_user"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List models */
        get: operations["get_projects_project_models"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/models/{model}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a model */
        get: operations["get_projects_project_models_model"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/models/{model}/alias-moves": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List where a model's aliases pointed over time, the newest first */
        get: operations["get_projects_project_models_model_alias_moves"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/models/{model}/aliases/{alias}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Set an alias of a model */
        put: operations["put_projects_project_models_model_aliases_alias"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/models/{model}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List versions of a model, the newest first */
        get: operations["get_projects_project_models_model_versions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/monitors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List monitors with their state */
        get: operations["get_projects_project_monitors"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/monitors/{monitor}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a monitor */
        get: operations["get_projects_project_monitors_monitor"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/monitors/{monitor}/checks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List a monitor's checks, the newest first */
        get: operations["get_projects_project_monitors_monitor_checks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/overview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get the loop at a glance */
        get: operations["get_projects_project_overview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/pipeline-runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List pipeline runs, the newest first */
        get: operations["get_projects_project_pipeline_runs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/pipelines": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List pipelines */
        get: operations["get_projects_project_pipelines"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/pipelines/{pipeline}/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Start a pipeline */
        post: operations["post_projects_project_pipelines_pipeline_runs"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/promotions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List promotions, the newest first */
        get: operations["get_projects_project_promotions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/quarantine": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List rows in quarantine, the newest first */
        get: operations["get_projects_project_quarantine"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List runs, the newest first */
        get: operations["get_projects_project_runs"];
        put?: never;
        /** Start a run */
        post: operations["post_projects_project_runs"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/sources": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List sources with their freshness */
        get: operations["get_projects_project_sources"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/sources/{source}/push": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Push rows of a source */
        post: operations["post_projects_project_sources_source_push"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/sources/{source}/schema": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Check rows against the schema of another snapshot */
        put: operations["put_projects_project_sources_source_schema"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/triggers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List triggers with their last firing */
        get: operations["get_projects_project_triggers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/triggers/{trigger}/fire": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Start a trigger's pipeline now */
        post: operations["post_projects_project_triggers_trigger_fire"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/watermark": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get the watermark; waits until it is reached, at most 30 s */
        get: operations["get_projects_project_watermark"];
        put?: never;
        /** Advance the watermark to an event time */
        post: operations["post_projects_project_watermark"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/promotions/{promotion}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a promotion with the gate's evidence */
        get: operations["get_promotions_promotion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{run}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a run */
        get: operations["get_runs_run"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** End, rename or keep alive a run */
        patch: operations["patch_runs_run"];
        trace?: never;
    };
    "/api/v1/runs/{run}/artifacts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List artifacts of a run */
        get: operations["get_runs_run_artifacts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{run}/artifacts/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get the content of an artifact */
        get: operations["get_runs_run_artifacts_name_path"];
        /** Save an artifact */
        put: operations["put_runs_run_artifacts_name_path"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{run}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get all points of a metric */
        get: operations["get_runs_run_history"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{run}/logs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get console output */
        get: operations["get_runs_run_logs"];
        put?: never;
        /** Append console output */
        post: operations["post_runs_run_logs"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{run}/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get the last point of each metric */
        get: operations["get_runs_run_metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{run}/params": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Set parameters */
        post: operations["post_runs_run_params"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{run}/points": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Append metric points */
        post: operations["post_runs_run_points"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{run}/series": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a metric as a chart shows it */
        get: operations["get_runs_run_series"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{run}/tags": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Set tags */
        post: operations["post_runs_run_tags"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Find by name or id */
        get: operations["get_search"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All open sessions */
        get: operations["get_sessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{session}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End a session */
        delete: operations["delete_sessions_session"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/snapshots/{snapshot}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a snapshot with its statistics */
        get: operations["get_snapshots_snapshot"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Follow events as they happen */
        get: operations["get_stream"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All tokens */
        get: operations["get_tokens"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke a token */
        delete: operations["delete_tokens_token"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens/{token}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Another secret for a token */
        post: operations["post_tokens_token_rotate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All users with their roles */
        get: operations["get_users"];
        put?: never;
        /** Add a user */
        post: operations["post_users"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{user}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A user with the roles */
        get: operations["get_users_user"];
        put?: never;
        post?: never;
        /** Delete a user with tokens and sessions */
        delete: operations["delete_users_user"];
        options?: never;
        head?: never;
        /** Disable, enable, change a user */
        patch: operations["patch_users_user"];
        trace?: never;
    };
    "/api/v1/users/{user}/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tokens of a user */
        get: operations["get_users_user_tokens"];
        put?: never;
        /** A token for a user */
        post: operations["post_users_user_tokens"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the server lives */
        get: operations["get_health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document */
        get: operations["get_openapi_json"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the server can work (503 where a part of it does not) */
        get: operations["get_ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * Health
         * @description The process answers.
         */
        Health: {
            status: string;
            version: string;
        };
        /**
         * Readiness
         * @description `ready` where every part is.
         */
        Readiness: {
            ready: boolean;
            version: string;
            parts: components["schemas"]["Part"][];
        };
        /**
         * Part
         * @description One thing that the server needs. `detail`: what is wrong; empty where it works.
         */
        Part: {
            name: string;
            ready: boolean;
            detail: string;
        };
        /**
         * WatermarkAdvance
         * @description Event time up to which everything that happened has been sent.
         */
        WatermarkAdvance: {
            until: string;
        };
        /** WatermarkJob */
        WatermarkJob: {
            job: string;
        };
        /**
         * WatermarkState
         * @description `reached` once the watermark is there and all that follows from it is done.
         */
        WatermarkState: {
            reached: boolean;
            watermark: string | null;
            deliveries: number;
            jobs: number;
            failed: components["schemas"]["FailedDelivery"][];
        };
        /**
         * FailedDelivery
         * @description An event that a consumer failed to process, as often as it was tried.
         */
        FailedDelivery: {
            sequence: number;
            kind: string;
            project: string;
            consumer: string;
            error: string;
        };
        /**
         * ListPage[Event]
         * @description What every list answers: some items, and the cursor of the next page (None on the last one).
         */
        ListPage_Event_: {
            items: components["schemas"]["Event"][];
            /** @default null */
            next: string | null;
        };
        /**
         * Event
         * @description Something that happened. `at` is wall time, `event_at` the project's watermark then, where there was one.
         *
         *         `project` is empty for what concerns the installation (users, tokens, sign-ins). `actor`: `user:NAME`, `token:USER/NAME`,
         *         `trigger:NAME`, `system`, or `anonymous` (a sign-in that failed); `unknown` in events of v0.1.0a1.
         */
        Event: {
            sequence: number;
            kind: string;
            project: string;
            subject: string;
            payload: Record<string, unknown>;
            at: string;
            event_at: string | null;
            actor: string;
        };
        /**
         * ListPage[Job]
         * @description What every list answers: some items, and the cursor of the next page (None on the last one).
         */
        ListPage_Job_: {
            items: components["schemas"]["Job"][];
            /** @default null */
            next: string | null;
        };
        /**
         * Job
         * @description One unit of work. `sequence` grows with each; `subject`: the id of what it is about; `actor`: who enqueued it.
         */
        Job: {
            id: string;
            sequence: number;
            kind: string;
            project: string;
            subject: string;
            payload: Record<string, unknown>;
            /** @enum {unknown} */
            state: "cancelled" | "done" | "failed" | "queued" | "running";
            result: Record<string, unknown> | null;
            error: string | null;
            created_at: string;
            started_at: string | null;
            finished_at: string | null;
            actor: string;
        };
        /**
         * Graph
         * @description A part of the graph.
         */
        Graph: {
            nodes: components["schemas"]["LabelledNode"][];
            edges: components["schemas"]["Edge"][];
        };
        /**
         * LabelledNode
         * @description A node with its label and the time at which it was first recorded.
         */
        LabelledNode: {
            kind: string;
            id: string;
            project: string;
            label: string;
            at: string;
        };
        /**
         * Edge
         * @description `source` went into `target`.
         */
        Edge: {
            source: components["schemas"]["Node"];
            target: components["schemas"]["Node"];
            role: string;
        };
        /**
         * Node
         * @description A node of the graph, by kind and id.
         */
        Node: {
            kind: string;
            id: string;
        };
        /**
         * ListPage[FailedDelivery]
         * @description What every list answers: some items, and the cursor of the next page (None on the last one).
         */
        ListPage_FailedDelivery_: {
            items: components["schemas"]["FailedDelivery"][];
            /** @default null */
            next: string | null;
        };
        /**
         * RetryDeliveries
         * @description Which failed deliveries: those of one event, or all.
         */
        RetryDeliveries: {
            /** @default null */
            sequence: number | null;
        };
        /**
         * RetriedDeliveries
         * @description How many deliveries are tried again.
         */
        RetriedDeliveries: {
            retried: number;
        };
        /**
         * Login
         * @description Either `code` (of the address that `meguri server` or `meguri login` prints) or `user` and `password`.
         */
        Login: {
            /** @default null */
            code: string | null;
            /** @default null */
            user: string | null;
            /** @default null */
            password: string | null;
        };
        /**
         * NewSession
         * @description A session with its secret, to be sent as `Authorization: Bearer ses_...`; it cannot be read again.
         */
        NewSession: {
            session: components["schemas"]["Session"];
            secret: string;
        };
        /**
         * Session
         * @description A signed-in browser. `is_current`: the one that asks.
         */
        Session: {
            id: string;
            user: string;
            user_agent: string;
            address: string;
            created_at: string;
            last_seen_at: string;
            expires_at: string;
            /** @default false */
            is_current: boolean;
        };
        /**
         * Me
         * @description `auth` is `off` where everybody on this machine is the administrator. `roles`: by project; an administrator has all.
         */
        Me: {
            principal: components["schemas"]["PrincipalAnswer"];
            auth: string;
            roles: {
                [key: string]: "admin" | "editor" | "operator" | "viewer";
            };
            has_password: boolean;
        };
        /**
         * PrincipalAnswer
         * @description Who the caller is. `projects` null: not limited to projects.
         */
        PrincipalAnswer: {
            /** @enum {unknown} */
            kind: "anonymous" | "session" | "system" | "token" | "user";
            id: string;
            user: string;
            name: string;
            is_admin: boolean;
            scopes: ("admin" | "predict" | "read" | "write")[];
            projects: string[] | null;
        };
        /**
         * PasswordChange
         * @description `current` is needed where the user has a password. Without `revoke_tokens` the user's tokens stay valid.
         */
        PasswordChange: {
            new: string;
            /** @default  */
            current: string;
            /** @default false */
            revoke_tokens: boolean;
        };
        /**
         * PasswordAnswer
         * @description `tokens`: how many tokens of the user are still valid.
         */
        PasswordAnswer: {
            tokens: number;
        };
        /**
         * ListPage[Session]
         * @description What every list answers: some items, and the cursor of the next page (None on the last one).
         */
        ListPage_Session_: {
            items: components["schemas"]["Session"][];
            /** @default null */
            next: string | null;
        };
        /**
         * ListPage[Token]
         * @description What every list answers: some items, and the cursor of the next page (None on the last one).
         */
        ListPage_Token_: {
            items: components["schemas"]["Token"][];
            /** @default null */
            next: string | null;
        };
        /**
         * Token
         * @description A token of a user, without its secret. `hint`: its first characters. `projects` None: all projects of the user.
         *
         *         `former_until`: until then the secret of before the last rotation is accepted too. `last_used_at`: when the server last accepted it; use
         *         at endpoint processes is not recorded.
         */
        Token: {
            id: string;
            user: string;
            name: string;
            hint: string;
            scopes: ("admin" | "predict" | "read" | "write")[];
            projects: string[] | null;
            created_at: string;
            expires_at: string | null;
            last_used_at: string | null;
            former_until: string | null;
        };
        /**
         * TokenRequest
         * @description `projects` null: all projects of the user. `expires_at`: ISO 8601 with a zone; null for a token that does not expire.
         */
        TokenRequest: {
            name: string;
            scopes: string[];
            /** @default null */
            projects: string[] | null;
            /** @default null */
            expires_at: string | null;
        };
        /**
         * NewToken
         * @description A token with its secret, which is shown once and cannot be read again.
         */
        NewToken: {
            token: components["schemas"]["Token"];
            secret: string;
        };
        /**
         * Rotation
         * @description Seconds for which the former secret is accepted too; 0 to refuse it at once.
         */
        Rotation: {
            /** @default 0 */
            overlap_seconds: number;
        };
        /**
         * ListPage[User]
         * @description What every list answers: some items, and the cursor of the next page (None on the last one).
         */
        ListPage_User_: {
            items: components["schemas"]["User"][];
            /** @default null */
            next: string | null;
        };
        /**
         * User
         * @description A person or a program with an account. `has_password` is False for a user who signs in with one-time codes alone, or not at all.
         */
        User: {
            id: string;
            name: string;
            is_admin: boolean;
            has_password: boolean;
            disabled_at: string | null;
            created_at: string;
            roles?: {
                [key: string]: "admin" | "editor" | "operator" | "viewer";
            };
        };
        /**
         * UserRequest
         * @description Without `password`, the user signs in with one-time codes until one is set.
         */
        UserRequest: {
            name: string;
            /** @default null */
            password: string | null;
            /** @default false */
            is_admin: boolean;
        };
        /**
         * UserChange
         * @description What is null stays as it is. `revoke_tokens`: with a new password; without it the user's tokens stay valid.
         */
        UserChange: {
            /** @default null */
            is_disabled: boolean | null;
            /** @default null */
            is_admin: boolean | null;
            /** @default null */
            password: string | null;
            /** @default false */
            revoke_tokens: boolean;
        };
        /** LoginCodeRequest */
        LoginCodeRequest: {
            user: string;
            /** @default 10 */
            minutes: number;
        };
        /**
         * LoginCode
         * @description A code that signs its user in once, until `expires_at`.
         */
        LoginCode: {
            code: string;
            user: string;
            expires_at: string;
        };
        /**
         * ListPage[Member]
         * @description What every list answers: some items, and the cursor of the next page (None on the last one).
         */
        ListPage_Member_: {
            items: components["schemas"]["Member"][];
            /** @default null */
            next: string | null;
        };
        /**
         * Member
         * @description A user, and the role of the user in one project.
         */
        Member: {
            user: string;
            /** @enum {unknown} */
            role: "admin" | "editor" | "operator" | "viewer";
        };
        /**
         * RoleChange
         * @description `viewer`, `editor`, `operator` or `admin`.
         */
        RoleChange: {
            role: string;
        };
        /**
         * LoopOverview
         * @description The stages of a project's loop. `clock`: wall or event; null for a project that was never applied.
         */
        LoopOverview: {
            project: string;
            clock: string | null;
            watermark: string | null;
            stages: components["schemas"]["Stages"];
        };
        /** Stages */
        Stages: {
            data: components["schemas"]["DataStage"];
            features: components["schemas"]["FeaturesStage"];
            pipeline: components["schemas"]["PipelineStage"];
            gate: components["schemas"]["GateStage"];
            model: components["schemas"]["ModelStage"];
            endpoint: components["schemas"]["EndpointStage"];
            monitor: components["schemas"]["MonitorStage"];
        };
        /**
         * DataStage
         * @description `spark`: predictions by event day.
         */
        DataStage: {
            sources: number;
            rows: number;
            last_event_at: string | null;
            quarantined: number;
            spark: number[];
        };
        /** FeaturesStage */
        FeaturesStage: {
            views: number;
            features: number;
            services: number;
        };
        /**
         * PipelineStage
         * @description `runs` and `active` count pipeline runs; `spark`: seconds that the newest took, null while one runs.
         */
        PipelineStage: {
            pipelines: number;
            runs: number;
            active: number;
            last: components["schemas"]["LastPipelineRun"] | null;
            spark: (number | null)[];
        };
        /** LastPipelineRun */
        LastPipelineRun: {
            id: string;
            pipeline: string;
            status: string;
            started_at: string | null;
            seconds: number | null;
            trigger: string;
        };
        /** GateStage */
        GateStage: {
            approved: number;
            rejected: number;
            last: components["schemas"]["LastPromotion"] | null;
        };
        /**
         * LastPromotion
         * @description `improvement`: share of the champion's metric by which the challenger is better.
         */
        LastPromotion: {
            id: string;
            status: string;
            model: string;
            challenger: string;
            champion: string | null;
            improvement: number | null;
            at: string;
        };
        /**
         * ModelStage
         * @description `spark`: mean absolute error of the newest versions on their held-out days.
         */
        ModelStage: {
            models: number;
            versions: number;
            champion: components["schemas"]["Champion"] | null;
            spark: (number | null)[];
        };
        /** Champion */
        Champion: {
            model: string;
            version: string;
            number: number;
            created_at: string;
        };
        /**
         * EndpointStage
         * @description The first endpoint by name. `rate`: requests a second since its process started; `spark`: predictions by event day.
         */
        EndpointStage: {
            endpoints: number;
            name: string | null;
            state: string | null;
            requests: number;
            errors: number;
            rate: number | null;
            spark: number[];
        };
        /**
         * MonitorStage
         * @description The first quality monitor, else the first one. `alerts`: open ones; `spark`: the metric by event day.
         */
        MonitorStage: {
            monitors: number;
            name: string | null;
            metric: string | null;
            value: number | null;
            expected: number | null;
            threshold: number | null;
            breached: boolean;
            alerts: number;
            spark: (number | null)[];
        };
        /**
         * ListPage[SearchHit]
         * @description What every list answers: some items, and the cursor of the next page (None on the last one).
         */
        ListPage_SearchHit_: {
            items: components["schemas"]["SearchHit"][];
            /** @default null */
            next: string | null;
        };
        /**
         * SearchHit
         * @description What was found. `id`: for what is addressed by id, and for lineage; `name`: for what is addressed by its name within `project`.
         *
         *         `at`: when it was first recorded; null for what a project declares.
         */
        SearchHit: {
            kind: string;
            id: string;
            name: string;
            project: string;
            at: string | null;
        };
        /**
         * ListPage[ProjectSummary]
         * @description What every list answers: some items, and the cursor of the next page (None on the last one).
         */
        ListPage_ProjectSummary_: {
            items: components["schemas"]["ProjectSummary"][];
            /** @default null */
            next: string | null;
        };
        /**
         * ProjectSummary
         * @description A project as a list shows it.
         */
        ProjectSummary: {
            name: string;
            clock: string | null;
            watermark: string | null;
            description: string;
            bundle: string | null;
            applied_at: string | null;
        };
        /**
         * BundleUpload
         * @description `manifest`: the project's definition as JSON; `archive`: its source as an uncompressed tar. Both in base64.
         */
        BundleUpload: {
            manifest: string;
            archive: string;
        };
        /**
         * Plan
         * @description What applying a bundle would do.
         */
        Plan: {
            project: string;
            bundle: string;
            changes: components["schemas"]["Change"][];
        };
        /**
         * Change
         * @description One line of a plan. `fields`: which fields of a changed definition differ; `source` stands for the project's code.
         */
        Change: {
            /** @enum {unknown} */
            action: "added" | "changed" | "removed";
            kind: string;
            name: string;
            /** @default [] */
            fields: string[];
        };
        /**
         * ProjectDetails
         * @description A project with all that it declares.
         */
        ProjectDetails: {
            name: string;
            watermark: string | null;
            bundle: string;
            applied_at: string;
            definition: components["schemas"]["ProjectDefinition"];
        };
        /**
         * ProjectDefinition
         * @description `clock` "event": the watermark moves only when a client advances it; "wall": the server advances it to the present.
         */
        ProjectDefinition: {
            name: string;
            /**
             * @default wall
             * @enum {unknown}
             */
            clock: "event" | "wall";
            /** @default [] */
            entities: components["schemas"]["EntityDefinition"][];
            /** @default [] */
            sources: components["schemas"]["SourceDefinition"][];
            /** @default [] */
            feature_views: components["schemas"]["FeatureViewDefinition"][];
            /** @default [] */
            feature_services: components["schemas"]["FeatureServiceDefinition"][];
            /** @default [] */
            pipelines: components["schemas"]["PipelineDefinition"][];
            /** @default [] */
            endpoints: components["schemas"]["EndpointDefinition"][];
            /** @default [] */
            monitors: components["schemas"]["MonitorDefinition"][];
            /** @default [] */
            triggers: components["schemas"]["TriggerDefinition"][];
            /** @default  */
            description: string;
        };
        /**
         * EntityDefinition
         * @description What features are about: `key` is the column that names one of them.
         */
        EntityDefinition: {
            name: string;
            key: string;
            /**
             * @default str
             * @enum {unknown}
             */
            dtype: "bool" | "datetime" | "float" | "int" | "str";
        };
        /**
         * SourceDefinition
         * @description A stream of events. A row may be used at a moment only if `known_at` is not after that moment.
         *
         *         `known_after_seconds` is added to the event time where the rows carry no `known_at` column of their own.
         *         `columns` names the other columns (entity key and time columns are not repeated in it).
         */
        SourceDefinition: {
            name: string;
            entity: string;
            event_time: string;
            columns: {
                [key: string]: "bool" | "datetime" | "float" | "int" | "str";
            };
            /** @default null */
            known_at: string | null;
            /** @default 0 */
            known_after_seconds: number;
            /** @default  */
            description: string;
        };
        /**
         * FeatureViewDefinition
         * @description Features computed from one source for its entity.
         */
        FeatureViewDefinition: {
            name: string;
            source: string;
            features: components["schemas"]["FeatureDefinition"][];
            /** @default  */
            description: string;
        };
        /**
         * FeatureDefinition
         * @description One value of an entity at a moment `t`: `aggregation` of `column` over events in the window (t - offset - window, t - offset].
         */
        FeatureDefinition: {
            name: string;
            /** @enum {unknown} */
            aggregation: "count" | "last" | "max" | "mean" | "min" | "sum";
            column: string;
            window_seconds: number;
            /** @default 0 */
            offset_seconds: number;
        };
        /**
         * FeatureServiceDefinition
         * @description The inputs of a model, frozen: columns sent with the request, then features looked up from views; `label` is what is predicted.
         *
         *         Model inputs, in order: `request` columns, then every feature of `views` (in their order). In training, request columns and the
         *         label come from the rows of `source` itself, and the features are joined as they were known at each row's event time.
         */
        FeatureServiceDefinition: {
            name: string;
            source: string;
            request: string[];
            views: string[];
            label: string;
            /** @default  */
            description: string;
        };
        /**
         * PipelineDefinition
         * @description `holdout_seconds`: the newest part of the rows, never trained on, reserved for the gate.
         *
         *         Every run is given `until` (event time up to which rows are known) and `cutoff` = until - holdout; rows that train are before
         *         the cut-off.
         */
        PipelineDefinition: {
            name: string;
            calls: components["schemas"]["StepCallDefinition"][];
            parameters: Record<string, unknown>;
            /** @default 0 */
            holdout_seconds: number;
            /** @default  */
            description: string;
        };
        /**
         * StepCallDefinition
         * @description One call of a step. `entrypoint` is `module:function` in the bundle, or `meguri:<builtin>` for a step that meguri brings.
         *
         *         `cache` False: it runs in every pipeline run, for its result depends on more than its key holds.
         *
         *         Built-in steps: `meguri:training_frame` (argument `service`: name of a feature service) and `meguri:register` (arguments `model`:
         *         output of the step that made it, `name`: the registered model's name).
         */
        StepCallDefinition: {
            name: string;
            entrypoint: string;
            /** @default [] */
            arguments: components["schemas"]["ArgumentDefinition"][];
            /** @default 600 */
            timeout_seconds: number;
            /** @default 0 */
            retries: number;
            /** @default true */
            cache: boolean;
        };
        /**
         * ArgumentDefinition
         * @description Where a step's argument comes from: `step` (output of that call), `parameter` (of the pipeline run) or `value` (a constant).
         */
        ArgumentDefinition: {
            name: string;
            /** @enum {unknown} */
            kind: "parameter" | "step" | "value";
            /** @default null */
            value: unknown;
        };
        /**
         * EndpointDefinition
         * @description A stable name that serves the champion of `model` with the inputs of feature service `features`.
         */
        EndpointDefinition: {
            name: string;
            model: string;
            features: string;
            /** @default  */
            description: string;
        };
        /**
         * MonitorDefinition
         * @description A monitor of one endpoint.
         *
         *         `kind` "quality": realised `metric` of the last `window_seconds` of event time with mature labels against what the serving version
         *         reached before it was deployed. `kind` "drift": inputs and prediction of the last `window_seconds` against the reference profile.
         *         `tolerance`: by how much (as a share) the metric may be worse before it can be a breach. `minimum_rows`: with fewer, there is
         *         no verdict.
         */
        MonitorDefinition: {
            name: string;
            endpoint: string;
            /** @enum {unknown} */
            kind: "drift" | "quality";
            /**
             * @default mae
             * @enum {unknown}
             */
            metric: "mae" | "rmse" | "wape";
            /** @default 604800 */
            window_seconds: number;
            /** @default 0.2 */
            tolerance: number;
            /** @default 100 */
            minimum_rows: number;
            /** @default  */
            description: string;
        };
        /**
         * TriggerDefinition
         * @description `on` "monitor": breaches of `monitor`; `on` "schedule": every `every_seconds` of event time.
         */
        TriggerDefinition: {
            name: string;
            /** @enum {unknown} */
            on: "monitor" | "schedule";
            policy: components["schemas"]["PolicyDefinition"];
            /** @default null */
            monitor: string | null;
            /** @default null */
            every_seconds: number | null;
            /** @default  */
            description: string;
        };
        /**
         * PolicyDefinition
         * @description What follows when a trigger fires. All durations are event time.
         */
        PolicyDefinition: {
            pipeline: string;
            endpoint: string;
            /** @default 604800 */
            cooldown_seconds: number;
            /** @default 900 */
            timeout_seconds: number;
            gate?: components["schemas"]["GateDefinition"];
            /** @default 259200 */
            bake_seconds: number;
            /** @default 0.1 */
            rollback_tolerance: number;
        };
        /**
         * GateDefinition
         * @description The challenger must be better than the champion: paired bootstrap by day of `metric` on rows later than the training cut-off of both.
         *
         *         It passes where the share of resamples in which the challenger is better by at least `margin` (a share of the champion's metric)
         *         is at least `confidence`.
         */
        GateDefinition: {
            /**
             * @default mae
             * @enum {unknown}
             */
            metric: "mae" | "rmse" | "wape";
            /** @default 0 */
            margin: number;
            /** @default 0.95 */
            confidence: number;
            /** @default 2000 */
            resamples: number;
            /** @default 48 */
            minimum_rows: number;
        };
        /**
         * ListPage[ExperimentSummary]
         * @description What every list answers: some items, and the cursor of the next page (None on the last one).
         */
        ListPage_ExperimentSummary_: {
            items: components["schemas"]["ExperimentSummary"][];
            /** @default null */
            next: string | null;
        };
        /**
         * ExperimentSummary
         * @description An experiment with the number of its runs.
         */
        ExperimentSummary: {
            id: string;
            project: string;
            name: string;
            created_at: string;
            runs: number;
        };
        /**
         * NewExperiment
         * @description An experiment to create.
         */
        NewExperiment: {
            name: string;
        };
        /**
         * Experiment
         * @description Runs that belong together, by a name that is unique in its project.
         */
        Experiment: {
            id: string;
            project: string;
            name: string;
            created_at: string;
        };
        /**
         * ListPage[RunSummary]
         * @description What every list answers: some items, and the cursor of the next page (None on the last one).
         */
        ListPage_RunSummary_: {
            items: components["schemas"]["RunSummary"][];
            /** @default null */
            next: string | null;
        };
        /**
         * RunSummary
         * @description A run in a list. `is_lost`: it says that it runs, but its client has been silent.
         */
        RunSummary: {
            id: string;
            project: string;
            experiment: string;
            name: string;
            /** @enum {unknown} */
            kind: "run" | "step";
            /** @enum {unknown} */
            status: "failed" | "finished" | "killed" | "running";
            is_lost: boolean;
            started_at: string;
            finished_at: string | null;
            duration_seconds: number;
            error: string | null;
            params: {
                [key: string]: string | number | boolean | null;
            };
            tags: {
                [key: string]: string | number | boolean | null;
            };
            metrics: {
                [key: string]: components["schemas"]["LastPoint"];
            };
        };
        /**
         * LastPoint
         * @description The last point of a metric. `value`: NaN and infinities as text.
         */
        LastPoint: {
            step: number;
            value: number | string;
            at: string;
        };
        /**
         * NewRun
         * @description `id` makes a resend harmless. `texts` become artifacts of the run.
         */
        NewRun: {
            /** @default default */
            experiment: string;
            /** @default  */
            name: string;
            /** @default null */
            id: string | null;
            /**
             * @default run
             * @enum {unknown}
             */
            kind: "run" | "step";
            params?: {
                [key: string]: string | number | boolean | null;
            };
            tags?: {
                [key: string]: string | number | boolean | null;
            };
            environment?: Record<string, unknown>;
            texts?: {
                [key: string]: string;
            };
            /** @default null */
            parent: string | null;
        };
        /**
         * Run
         * @description One execution of somebody's code; `kind` "step": a step of a pipeline run.
         *
         *         `environment`: what was found of git, command, Python, hardware and host when it began.
         */
        Run: {
            id: string;
            project: string;
            experiment: string;
            name: string;
            /** @enum {unknown} */
            kind: "run" | "step";
            /** @enum {unknown} */
            status: "failed" | "finished" | "killed" | "running";
            started_at: string;
            heartbeat_at: string;
            finished_at: string | null;
            error: string | null;
            environment: Record<string, unknown>;
        };
        /**
         * RunDetails
         * @description A run with everything that is known of it.
         */
        RunDetails: {
            run: components["schemas"]["RunSummary"];
            environment: Record<string, unknown>;
            artifacts: components["schemas"]["Artifact"][];
            parent: string | null;
            children: string[];
        };
        /**
         * Artifact
         * @description A named file of a run. `size` in bytes.
         */
        Artifact: {
            id: string;
            run: string;
            name: string;
            blob: string;
            kind: string;
            size: number;
            media_type: string;
            created_at: string;
        };
        /**
         * RunChange
         * @description `status` ends the run; `heartbeat` is a sign of life.
         */
        RunChange: {
            /** @default null */
            status: ("failed" | "finished" | "killed" | "running") | null;
            /** @default null */
            error: string | null;
            /** @default null */
            name: string | null;
            /** @default false */
            heartbeat: boolean;
        };
        /**
         * Points
         * @description `points`: arrays `[key, step, value, at]`, `at` in microseconds since 1970; NaN and infinities as text. With `writer`, the points
         *         are numbered from `first`, and what that writer has sent before is dropped.
         */
        Points: {
            points: [
                string,
                number,
                number | string,
                number
            ][];
            /** @default null */
            writer: string | null;
            /** @default 0 */
            first: number;
        };
        /**
         * Added
         * @description How many were new.
         */
        Added: {
            added: number;
        };
        /**
         * Series
         * @description A series for a chart, as columns: `first_step`, `step` (the last of each bucket), `count`, `min`, `max` (null where all are NaN),
         *         `last`, and `at` in microseconds since 1970. A stretch of steps without points has no bucket.
         */
        Series: {
            key: string;
            first_step: number[];
            step: number[];
            count: number[];
            min: (number | string | null)[];
            max: (number | string | null)[];
            last: (number | string)[];
            at: number[];
        };
        /**
         * History
         * @description All points, as arrays `[key, step, value, at]`; `next` is the `after` of the next page.
         */
        History: {
            points: [
                string,
                number,
                number | string,
                number
            ][];
            next: number | null;
        };
        /**
         * ListPage[Artifact]
         * @description What every list answers: some items, and the cursor of the next page (None on the last one).
         */
        ListPage_Artifact_: {
            items: components["schemas"]["Artifact"][];
            /** @default null */
            next: string | null;
        };
        /**
         * Lines
         * @description Lines of console output, numbered by their writer from `first`.
         */
        Lines: {
            lines: string[];
            writer: string;
            first: number;
        };
        /**
         * Console
         * @description Lines of console output; `next` is the `after` of the next call.
         */
        Console: {
            lines: components["schemas"]["Line"][];
            next: number;
        };
        /**
         * Line
         * @description A line of console output; `position` grows over the lines of a run in the order in which they arrived.
         */
        Line: {
            position: number;
            text: string;
        };
        /**
         * ListPage[DatasetDetails]
         * @description What every list answers: some items, and the cursor of the next page (None on the last one).
         */
        ListPage_DatasetDetails_: {
            items: components["schemas"]["DatasetDetails"][];
            /** @default null */
            next: string | null;
        };
        /**
         * DatasetDetails
         * @description A dataset with its number of snapshots and the newest of them.
         */
        DatasetDetails: {
            id: string;
            project: string;
            name: string;
            created_at: string;
            snapshots: number;
            quarantined: number;
            schema: components["schemas"]["Schema"] | null;
            schema_from: string | null;
            latest: components["schemas"]["SnapshotSummary"] | null;
        };
        /**
         * Schema
         * @description What rows of a dataset look like, as inferred from a snapshot.
         */
        Schema: {
            columns: components["schemas"]["ColumnSchema"][];
        };
        /**
         * ColumnSchema
         * @description What a column may hold. `low` and `high` are the widened range of what was seen, `domain` the texts that were seen.
         */
        ColumnSchema: {
            name: string;
            /** @enum {unknown} */
            dtype: "bool" | "datetime" | "float" | "int" | "str";
            /** @default false */
            required: boolean;
            /** @default 0 */
            missing_rate: number;
            /** @default null */
            low: number | null;
            /** @default null */
            high: number | null;
            /** @default null */
            domain: string[] | null;
            /** @default false */
            unique: boolean;
        };
        /**
         * SnapshotSummary
         * @description A snapshot without its statistics.
         */
        SnapshotSummary: {
            id: string;
            dataset: string;
            version: number;
            until: string;
            rows: number;
            digest: string;
            columns: {
                [key: string]: "bool" | "datetime" | "float" | "int" | "str";
            };
            anomalies: number;
            taken_at: string;
            event_from: string | null;
            event_to: string | null;
        };
        /**
         * ListPage[SnapshotSummary]
         * @description What every list answers: some items, and the cursor of the next page (None on the last one).
         */
        ListPage_SnapshotSummary_: {
            items: components["schemas"]["SnapshotSummary"][];
            /** @default null */
            next: string | null;
        };
        /**
         * Snapshot
         * @description The rows of a source with an event time before `until` that were known by `known_by`, at `version` of `table`. It never changes.
         */
        Snapshot: {
            id: string;
            project: string;
            dataset: string;
            table: string;
            version: number;
            until: string;
            known_by: string;
            rows: number;
            digest: string;
            columns: {
                [key: string]: "bool" | "datetime" | "float" | "int" | "str";
            };
            statistics: components["schemas"]["ColumnStatistics"][];
            anomalies: components["schemas"]["Anomaly"][];
            taken_at: string;
            event_from: string | null;
            event_to: string | null;
        };
        /**
         * ColumnStatistics
         * @description Statistics of one column. `edges` and `counts`: cells between quantiles (at most 20).
         *
         *         A number is in the cell whose upper edge it reaches.
         *
         *         `least`, `most`, `mean` and `deviation` are of numbers and moments (microseconds); `top` are the most frequent texts with their counts.
         */
        ColumnStatistics: {
            name: string;
            /** @enum {unknown} */
            dtype: "bool" | "datetime" | "float" | "int" | "str";
            rows: number;
            nulls: number;
            distinct: number;
            /** @default null */
            least: number | null;
            /** @default null */
            most: number | null;
            /** @default null */
            mean: number | null;
            /** @default null */
            deviation: number | null;
            /** @default [] */
            edges: number[];
            /** @default [] */
            counts: number[];
            /** @default [] */
            top: [
                string,
                number
            ][];
        };
        /**
         * Anomaly
         * @description Something unusual about a column of many rows; `rows` are how many.
         */
        Anomaly: {
            column: string;
            /** @enum {unknown} */
            kind: "future" | "hour" | "missing" | "non_finite" | "range" | "type" | "unseen";
            message: string;
            rows: number;
        };
        /**
         * ListPage[QuarantinedRow]
         * @description What every list answers: some items, and the cursor of the next page (None on the last one).
         */
        ListPage_QuarantinedRow_: {
            items: components["schemas"]["QuarantinedRow"][];
            /** @default null */
            next: string | null;
        };
        /**
         * QuarantinedRow
         * @description A row in quarantine: stored, and not used.
         */
        QuarantinedRow: {
            id: string;
            project: string;
            source: string;
            column: string;
            /** @enum {unknown} */
            kind: "future" | "hour" | "missing" | "non_finite" | "range" | "type" | "unseen";
            why: string;
            event_at: string | null;
            values: Record<string, unknown>;
            at: string;
        };
        /**
         * ListPage[SourceState]
         * @description What every list answers: some items, and the cursor of the next page (None on the last one).
         */
        ListPage_SourceState_: {
            items: components["schemas"]["SourceState"][];
            /** @default null */
            next: string | null;
        };
        /**
         * SourceState
         * @description A source with how fresh it is. `rows` counts the table and the journal; `waiting` are the rows that only the journal has yet.
         */
        SourceState: {
            name: string;
            entity: string;
            key: string;
            event_time: string;
            columns: {
                [key: string]: "bool" | "datetime" | "float" | "int" | "str";
            };
            known_at: string | null;
            known_after_seconds: number;
            description: string;
            rows: number;
            waiting: number;
            first_event_at: string | null;
            last_event_at: string | null;
            quarantined: number;
            snapshots: number;
        };
        /**
         * Push
         * @description Rows of a source: values by column.
         */
        Push: {
            rows: Record<string, unknown>[];
        };
        /**
         * PushResult
         * @description `accepted` rows are durable and can be looked up; `duplicates` were there before; each other row is in quarantine.
         */
        PushResult: {
            accepted: number;
            duplicates: number;
            quarantined: components["schemas"]["Quarantined"][];
        };
        /**
         * Quarantined
         * @description A row of a push that was not accepted: its place, the column and why.
         */
        Quarantined: {
            row: number;
            column: string;
            /** @enum {unknown} */
            kind: "future" | "hour" | "missing" | "non_finite" | "range" | "type" | "unseen";
            why: string;
        };
        /**
         * Adopt
         * @description The snapshot whose schema rows are checked against from now on.
         */
        Adopt: {
            snapshot: string;
        };
        /**
         * ListPage[FeatureViewDetails]
         * @description What every list answers: some items, and the cursor of the next page (None on the last one).
         */
        ListPage_FeatureViewDetails_: {
            items: components["schemas"]["FeatureViewDetails"][];
            /** @default null */
            next: string | null;
        };
        /**
         * FeatureViewDetails
         * @description A view with the services that use it.
         */
        FeatureViewDetails: {
            view: components["schemas"]["FeatureViewDefinition"];
            services: string[];
        };
        /**
         * ListPage[FeatureServiceDetails]
         * @description What every list answers: some items, and the cursor of the next page (None on the last one).
         */
        ListPage_FeatureServiceDetails_: {
            items: components["schemas"]["FeatureServiceDetails"][];
            /** @default null */
            next: string | null;
        };
        /**
         * FeatureServiceDetails
         * @description A service with the names of a model's inputs, in order, and the endpoints that use it.
         */
        FeatureServiceDetails: {
            service: components["schemas"]["FeatureServiceDefinition"];
            inputs: string[];
            endpoints: string[];
        };
        /**
         * FeatureLookup
         * @description Features of an entity as they were known at a moment; null where there was no value.
         */
        FeatureLookup: {
            at: string;
            features: {
                [key: string]: number | string | boolean | null;
            };
        };
        /**
         * Lookup
         * @description `request`: columns that a view about another entity is looked up by. `at`: ISO 8601, default now.
         */
        Lookup: {
            service: string;
            entity: string | number;
            /** @default null */
            at: string | null;
            request?: {
                [key: string]: number | string | boolean | null;
            };
        };
        /**
         * ListPage[Model]
         * @description What every list answers: some items, and the cursor of the next page (None on the last one).
         */
        ListPage_Model_: {
            items: components["schemas"]["Model"][];
            /** @default null */
            next: string | null;
        };
        /**
         * Model
         * @description A registered model: a name under which versions are kept. `aliases`: version ids by alias.
         */
        Model: {
            id: string;
            project: string;
            name: string;
            created_at: string;
            versions: number;
            aliases: {
                [key: string]: string;
            };
        };
        /**
         * ListPage[VersionSummary]
         * @description What every list answers: some items, and the cursor of the next page (None on the last one).
         */
        ListPage_VersionSummary_: {
            items: components["schemas"]["VersionSummary"][];
            /** @default null */
            next: string | null;
        };
        /**
         * VersionSummary
         * @description A version as a list shows it.
         */
        VersionSummary: {
            id: string;
            project: string;
            model: string;
            number: number;
            aliases: string[];
            format: string;
            size: number;
            metrics: {
                [key: string]: number;
            };
            cutoff: string | null;
            rows: number;
            pipeline_run: string | null;
            created_at: string;
        };
        /**
         * ListPage[AliasMove]
         * @description What every list answers: some items, and the cursor of the next page (None on the last one).
         */
        ListPage_AliasMove_: {
            items: components["schemas"]["AliasMove"][];
            /** @default null */
            next: string | null;
        };
        /**
         * AliasMove
         * @description An alias began to point to a version (None: it was removed). `sequence` grows with each move.
         */
        AliasMove: {
            sequence: number;
            alias: string;
            version: string | null;
            former: string | null;
            at: string;
            reason: string;
        };
        /**
         * AliasTarget
         * @description The id of the version that an alias points to from now on, and why.
         */
        AliasTarget: {
            version: string;
            /** @default by_hand */
            reason: string;
        };
        /**
         * ModelVersionDetails
         * @description A version with all that is kept of it.
         */
        ModelVersionDetails: {
            id: string;
            project: string;
            model: string;
            number: number;
            aliases: string[];
            format: string;
            blob: string;
            size: number;
            estimator: string;
            signature: components["schemas"]["Signature"];
            metrics: {
                [key: string]: number;
            };
            baseline: components["schemas"]["Evaluation"] | null;
            mean_predictor: {
                [key: string]: number;
            } | null;
            cutoff: string | null;
            rows: number;
            frame: string | null;
            reference: string | null;
            golden: components["schemas"]["GoldenRow"][];
            difference: number;
            why_not_onnx: string;
            pipeline_run: string | null;
            run: string | null;
            bundle: string | null;
            features: string | null;
            created_at: string;
        };
        /**
         * Signature
         * @description Inputs of a model in its order, and its output.
         */
        Signature: {
            inputs: components["schemas"]["ModelInput"][];
            output: components["schemas"]["ModelOutput"];
        };
        /**
         * ModelInput
         * @description One input of a model.
         */
        ModelInput: {
            name: string;
            /** @enum {unknown} */
            dtype: "bool" | "datetime" | "float" | "int" | "str";
        };
        /**
         * ModelOutput
         * @description What a model answers for a row.
         */
        ModelOutput: {
            name: string;
            dtype: string;
        };
        /**
         * Evaluation
         * @description How a version did on rows held out from its training, by event day. `metric`: the one that the gate compared.
         */
        Evaluation: {
            metric: string;
            days: components["schemas"]["EvaluationDay"][];
        };
        /**
         * EvaluationDay
         * @description Sums over the held-out rows of one event day (`day`: days since 1970, UTC): rows, |error|, error^2 and |label|.
         */
        EvaluationDay: {
            day: number;
            n: number;
            abs: number;
            sq: number;
            label: number;
        };
        /**
         * GoldenRow
         * @description Inputs (in the model's order) and what the model answered when it was registered; None where only an answer is asked for.
         */
        GoldenRow: {
            inputs: (number | string | boolean | null)[];
            /** @default null */
            output: number | null;
        };
        /**
         * ListPage[PipelineSummary]
         * @description What every list answers: some items, and the cursor of the next page (None on the last one).
         */
        ListPage_PipelineSummary_: {
            items: components["schemas"]["PipelineSummary"][];
            /** @default null */
            next: string | null;
        };
        /**
         * PipelineSummary
         * @description A pipeline as it is declared now. `steps`: how many calls it has; `last`: its newest run.
         */
        PipelineSummary: {
            name: string;
            project: string;
            description: string;
            steps: number;
            holdout_seconds: number;
            parameters: Record<string, unknown>;
            calls: components["schemas"]["CallSummary"][];
            last: components["schemas"]["PipelineRunSummary"] | null;
        };
        /**
         * CallSummary
         * @description One call of a pipeline, and the calls whose outputs it takes.
         */
        CallSummary: {
            name: string;
            entrypoint: string;
            takes: string[];
            timeout_seconds: number;
            retries: number;
        };
        /**
         * PipelineRunSummary
         * @description A pipeline run as a list shows it. `monitor` and `signal`: what started it, where `reason` is `monitor`.
         */
        PipelineRunSummary: {
            id: string;
            project: string;
            pipeline: string;
            bundle: string;
            status: string;
            trigger: string;
            reason: string;
            monitor: string | null;
            signal: string | null;
            parameters: Record<string, unknown>;
            until: string;
            cutoff: string;
            error: string | null;
            created_at: string;
            started_at: string | null;
            finished_at: string | null;
            seconds: number | null;
        };
        /**
         * NewPipelineRun
         * @description What a run is started with. `until`: event time (ISO 8601 with a zone) up to which its world is known; by default the watermark.
         */
        NewPipelineRun: {
            parameters?: Record<string, unknown>;
            /** @default null */
            until: string | null;
            /** @default by_hand */
            reason: string;
        };
        /**
         * ListPage[PipelineRunSummary]
         * @description What every list answers: some items, and the cursor of the next page (None on the last one).
         */
        ListPage_PipelineRunSummary_: {
            items: components["schemas"]["PipelineRunSummary"][];
            /** @default null */
            next: string | null;
        };
        /**
         * PipelineRunDetails
         * @description A pipeline run with its steps, in the order of the pipeline's calls. `versions`: model versions that it registered.
         */
        PipelineRunDetails: {
            id: string;
            project: string;
            pipeline: string;
            bundle: string;
            status: string;
            trigger: string;
            reason: string;
            evidence: Record<string, unknown>;
            parameters: Record<string, unknown>;
            until: string;
            cutoff: string;
            error: string | null;
            created_at: string;
            started_at: string | null;
            finished_at: string | null;
            seconds: number | null;
            steps: components["schemas"]["StepDetails"][];
            versions: string[];
        };
        /**
         * StepDetails
         * @description A step of a run. `key_parts`: all that its cache key is made of. `is_cached`: the output was made by run `produced_by` before.
         */
        StepDetails: {
            name: string;
            entrypoint: string;
            state: string;
            is_cached: boolean;
            key: string | null;
            key_parts: Record<string, unknown>;
            run: string | null;
            produced_by: string | null;
            takes: string[];
            inputs: {
                [key: string]: components["schemas"]["ValueDetails"];
            };
            arguments: Record<string, unknown>;
            output: components["schemas"]["ValueDetails"] | null;
            attempts: number;
            error: string | null;
            started_at: string | null;
            finished_at: string | null;
            seconds: number | null;
        };
        /**
         * ValueDetails
         * @description A value between steps.
         */
        ValueDetails: {
            format: string;
            type: string;
            digest: string;
            size: number;
            summary: Record<string, unknown>;
        };
        /**
         * ListPage[EndpointDetails]
         * @description What every list answers: some items, and the cursor of the next page (None on the last one).
         */
        ListPage_EndpointDetails_: {
            items: components["schemas"]["EndpointDetails"][];
            /** @default null */
            next: string | null;
        };
        /**
         * EndpointDetails
         * @description `url`: where the process answers, null while it does not. `state`: live, refusing (it does not take the newest deployment; the
         *         former one serves), starting, down, or not deployed. `deployment`: id of the live one. `requests` and `errors` count since the process
         *         started, as does what is in `process`. `inputs`: what a request sends. `days`: predictions by event day (days since 1970, UTC), oldest
         *         first.
         */
        EndpointDetails: {
            id: string;
            name: string;
            project: string;
            model: string;
            features: string;
            description: string;
            created_at: string;
            url: string | null;
            state: string;
            deployment: string | null;
            version: string | null;
            deployed_at: string | null;
            requests: number;
            errors: number;
            open_predictions: number;
            process: components["schemas"]["ProcessState"] | null;
            inputs: components["schemas"]["RequestColumn"][];
            days: [
                number,
                number
            ][];
        };
        /**
         * ProcessState
         * @description What the process of an endpoint reports. `revision`, `deployment`, `version`: of the live spec, None before the first one is live.
         *
         *         `requests`, `errors`, `predictions`, `repeated` (rows answered again with their first answer), `lookups` and `seconds` (spent on
         *         requests) count since the process started.
         */
        ProcessState: {
            endpoint: string;
            pid: number;
            port: number;
            revision: number | null;
            deployment: string | null;
            version: string | null;
            refused: components["schemas"]["RefusedSpec"] | null;
            requests: number;
            errors: number;
            predictions: number;
            repeated: number;
            lookups: number;
            seconds: number;
            log: components["schemas"]["LogState"];
            started_at: string;
        };
        /**
         * RefusedSpec
         * @description A deployment spec that a process did not take. `revision`: None where the file could not be read.
         */
        RefusedSpec: {
            revision: number | null;
            why: string;
        };
        /**
         * LogState
         * @description The prediction log of a process: the number of the segment that it writes, bytes written, ids that it remembers.
         */
        LogState: {
            segment: number;
            bytes: number;
            remembered: number;
        };
        /**
         * RequestColumn
         * @description A column that a request must send.
         */
        RequestColumn: {
            name: string;
            /** @enum {unknown} */
            dtype: "bool" | "datetime" | "float" | "int" | "str";
        };
        /**
         * ListPage[Deployment]
         * @description What every list answers: some items, and the cursor of the next page (None on the last one).
         */
        ListPage_Deployment_: {
            items: components["schemas"]["Deployment"][];
            /** @default null */
            next: string | null;
        };
        /**
         * Deployment
         * @description A version on an endpoint (`endpoint` is its name). `former`: the deployment that it follows; `why`: what kept it from going live.
         */
        Deployment: {
            id: string;
            project: string;
            endpoint_id: string;
            endpoint: string;
            version: string;
            revision: number;
            /** @enum {unknown} */
            state: "created" | "failed" | "live" | "replaced" | "rolled_back";
            reason: string;
            former: string | null;
            why: string | null;
            created_at: string;
            live_at: string | null;
        };
        /**
         * NewDeployment
         * @description `version`: id of a model version.
         */
        NewDeployment: {
            version: string;
            /** @default by_hand */
            reason: string;
        };
        /** RollBack */
        RollBack: {
            /** @default by_hand */
            reason: string;
        };
        /**
         * ListPage[Prediction]
         * @description What every list answers: some items, and the cursor of the next page (None on the last one).
         */
        ListPage_Prediction_: {
            items: components["schemas"]["Prediction"][];
            /** @default null */
            next: string | null;
        };
        /**
         * Prediction
         * @description One answered row. `inputs`: what the model was given, by name.
         */
        Prediction: {
            id: string;
            project: string;
            endpoint: string;
            event_at: string;
            received_at: string;
            version: string;
            deployment: string;
            entity: number | string | boolean | null;
            inputs: {
                [key: string]: number | string | boolean | null;
            };
            output: number;
        };
        /**
         * InferenceAnswer
         * @description The answer of the Open Inference Protocol v2. `parameters`: deployment and event_time.
         */
        InferenceAnswer: {
            model_name: string;
            model_version: string;
            id: string;
            parameters: Record<string, unknown>;
            outputs: components["schemas"]["OutputTensor"][];
        };
        /**
         * OutputTensor
         * @description A tensor of the Open Inference Protocol v2.
         */
        OutputTensor: {
            name: string;
            shape: number[];
            datatype: string;
            data: unknown[];
        };
        /**
         * NewLabels
         * @description Labels of predictions of an endpoint, in any order; the last one sent for a prediction counts.
         */
        NewLabels: {
            labels: components["schemas"]["NewLabel"][];
        };
        /**
         * NewLabel
         * @description `value`: a finite number.
         */
        NewLabel: {
            prediction_id: string;
            value: unknown;
        };
        /**
         * Accepted
         * @description The result of a batch: all of it is stored; `duplicates` of its labels were known already.
         */
        Accepted: {
            accepted: number;
            duplicates: number;
        };
        /**
         * KnownLabel
         * @description A label that has arrived. `joined`: its prediction has arrived too.
         */
        KnownLabel: {
            prediction_id: string;
            value: number;
            labelled_at: string;
            joined: boolean;
        };
        /**
         * ListPage[MonitorDetails]
         * @description What every list answers: some items, and the cursor of the next page (None on the last one).
         */
        ListPage_MonitorDetails_: {
            items: components["schemas"]["MonitorDetails"][];
            /** @default null */
            next: string | null;
        };
        /**
         * MonitorDetails
         * @description `state`: breached (an alert is open), waiting (too little is known for a verdict) or ok.
         */
        MonitorDetails: {
            name: string;
            endpoint: string;
            kind: string;
            metric: string;
            window_seconds: number;
            tolerance: number;
            minimum_rows: number;
            description: string;
            state: string;
            last: components["schemas"]["Check"] | null;
            alert: components["schemas"]["Alert"] | null;
        };
        /**
         * Check
         * @description The result of a monitor at the beginning of event day `at`, computed from everything before it.
         *
         *         quality: `value`, `expected` and `threshold` are the metric in the window, of the reference days, and what it may be; `score` is the
         *         significance as a normal value. drift: `value` and `threshold` are the corrected PSI and threshold of the column with the largest drift;
         *         `score` is their ratio. `rows`: labelled rows (quality) or predictions (drift) in the window.
         */
        Check: {
            monitor: string;
            endpoint: string;
            /** @enum {unknown} */
            kind: "drift" | "quality";
            at: string;
            day: number;
            version: string | null;
            /** @enum {unknown} */
            verdict: "breach" | "near" | "none" | "ok";
            value: number | null;
            expected: number | null;
            threshold: number | null;
            score: number;
            rows: number;
            evidence: Record<string, unknown>;
        };
        /**
         * Alert
         * @description An incident of one monitor and one version; open until `resolved_at`. Times are event time.
         */
        Alert: {
            id: string;
            project: string;
            monitor: string;
            endpoint: string;
            /** @enum {unknown} */
            signal: "drift" | "quality";
            version: string;
            opened_at: string;
            resolved_at: string | null;
            resolution: string | null;
            evidence: Record<string, unknown>;
        };
        /**
         * ListPage[Check]
         * @description What every list answers: some items, and the cursor of the next page (None on the last one).
         */
        ListPage_Check_: {
            items: components["schemas"]["Check"][];
            /** @default null */
            next: string | null;
        };
        /**
         * Quality
         * @description Realised metrics by event day, and the labels so far.
         */
        Quality: {
            items: components["schemas"]["DayQuality"][];
            coverage: components["schemas"]["Coverage"];
        };
        /**
         * DayQuality
         * @description One event day of an endpoint. `mature`: at least 95 % of the expected labels have arrived, so the metrics are nearly final.
         */
        DayQuality: {
            day: number;
            at: string;
            predictions: number;
            labelled: number;
            mature: boolean;
            metrics: {
                [key: string]: number | null;
            };
            versions: components["schemas"]["VersionQuality"][];
        };
        /**
         * VersionQuality
         * @description Labelled rows of one version on one event day.
         */
        VersionQuality: {
            version: string;
            predictions: number;
            labelled: number;
            metrics: {
                [key: string]: number | null;
            };
        };
        /**
         * Coverage
         * @description Labels of an endpoint. `expected`: share of predictions that ever get one, of days at least 30 days old (1 before there are some).
         */
        Coverage: {
            predictions: number;
            labelled: number;
            pending: number;
            corrected: number;
            repeated: number;
            expected: number;
        };
        /**
         * DriftMatrix
         * @description Columns by checks of a drift monitor; `at` are the beginnings of the days of the checks.
         */
        DriftMatrix: {
            monitor: string | null;
            at: string[];
            columns: components["schemas"]["ColumnSeries"][];
        };
        /**
         * ColumnSeries
         * @description Corrected PSI of one column by check, and its thresholds; None where there was no verdict.
         */
        ColumnSeries: {
            name: string;
            psi: (number | null)[];
            thresholds: (number | null)[];
            moved: boolean[];
        };
        /**
         * ListPage[Alert]
         * @description What every list answers: some items, and the cursor of the next page (None on the last one).
         */
        ListPage_Alert_: {
            items: components["schemas"]["Alert"][];
            /** @default null */
            next: string | null;
        };
        /**
         * ListPage[Promotion]
         * @description What every list answers: some items, and the cursor of the next page (None on the last one).
         */
        ListPage_Promotion_: {
            items: components["schemas"]["Promotion"][];
            /** @default null */
            next: string | null;
        };
        /**
         * Promotion
         * @description A request to make a version champion.
         *
         *         `champion`: the version to compare with; None for the first one, which must be better than predicting the mean of its training labels.
         *
         *         `until`: event time up to which rows are used. `verdict`: what the gate found; None while it is open.
         */
        Promotion: {
            id: string;
            project: string;
            endpoint: string;
            model: string;
            challenger: string;
            champion: string | null;
            /** @enum {unknown} */
            status: "approved" | "open" | "rejected";
            gate: components["schemas"]["GateDefinition"];
            until: string;
            verdict: components["schemas"]["Verdict"] | null;
            opened_at: string;
            decided_at: string | null;
        };
        /**
         * Verdict
         * @description What the gate found. `improvement`: share of the champion's metric; `low`, `high`: its 90 % interval; `share_better`: of draws.
         */
        Verdict: {
            passed: boolean;
            why: string;
            /** @enum {unknown} */
            metric: "mae" | "rmse" | "wape";
            rows: number;
            days: number;
            /** @default null */
            champion: number | null;
            /** @default null */
            challenger: number | null;
            /** @default null */
            improvement: number | null;
            /** @default null */
            low: number | null;
            /** @default null */
            high: number | null;
            /** @default null */
            share_better: number | null;
        };
        /**
         * Compare
         * @description `start` and `end`: event times, ISO 8601; rows in [start, end).
         */
        Compare: {
            version: string;
            start: string;
            end: string;
        };
        /**
         * Compared
         * @description The same `rows`, paired. `served`: the answers of the endpoint, whichever version gave them; `other`: those of `version`.
         */
        Compared: {
            version: string;
            rows: number;
            served: {
                [key: string]: number;
            };
            other: {
                [key: string]: number;
            };
        };
        /**
         * ListPage[TriggerState]
         * @description What every list answers: some items, and the cursor of the next page (None on the last one).
         */
        ListPage_TriggerState_: {
            items: components["schemas"]["TriggerState"][];
            /** @default null */
            next: string | null;
        };
        /**
         * TriggerState
         * @description A trigger as declared, with its last firing.
         */
        TriggerState: {
            project: string;
            definition: components["schemas"]["TriggerDefinition"];
            last: components["schemas"]["Firing"] | null;
        };
        /**
         * Firing
         * @description When a policy last started its pipeline (event time), and its state; `seen`: a schedule that counts from here.
         */
        Firing: {
            trigger: string;
            at: string;
            pipeline_run: string;
            /** @enum {unknown} */
            status: "failed" | "finished" | "running" | "seen";
        };
        /**
         * Fire
         * @description Why a trigger is fired by hand.
         */
        Fire: {
            /** @default by_hand */
            reason: string;
        };
        /**
         * Fired
         * @description The pipeline run that was started.
         */
        Fired: {
            pipeline_run: string;
        };
        /**
         * ListPage[BakePeriod]
         * @description What every list answers: some items, and the cursor of the next page (None on the last one).
         */
        ListPage_BakePeriod_: {
            items: components["schemas"]["BakePeriod"][];
            /** @default null */
            next: string | null;
        };
        /**
         * BakePeriod
         * @description The first window after a deployment, in event time, in which the new version is compared with the former one on the same rows.
         */
        BakePeriod: {
            id: string;
            project: string;
            endpoint: string;
            model: string;
            deployment: string;
            version: string;
            former: string;
            window_from: string;
            window_to: string;
            evaluate_from: string;
            tolerance: number;
            /** @enum {unknown} */
            metric: "mae" | "rmse" | "wape";
            /** @enum {unknown} */
            state: "dropped" | "failed" | "open" | "passed";
            evidence: Record<string, unknown> | null;
            decided_at: string | null;
        };
        Problem: {
            type: string;
            title: string;
            status: number;
            detail: string;
            code: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    get_alerts_alert: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                alert: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Alert"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_alerts_alert_resolve: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                alert: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Alert"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_audit: {
        parameters: {
            query?: {
                project?: string;
                actor?: string;
                kind?: string;
                subject?: string;
                since?: string;
                until?: string;
                cursor?: string;
                limit?: number;
                format?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPage_Event_"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_deliveries_failed: {
        parameters: {
            query?: {
                project?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPage_FailedDelivery_"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_deliveries_failed_retry: {
        parameters: {
            query?: {
                project?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RetryDeliveries"];
            };
        };
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RetriedDeliveries"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_jobs_job_path: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_jobs_job_path_cancel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_lineage_kind_id_path: {
        parameters: {
            query?: {
                direction?: string;
                depth?: number;
            };
            header?: never;
            path: {
                kind: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Graph"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_login: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Login"];
            };
        };
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewSession"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_login_codes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LoginCodeRequest"];
            };
        };
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoginCode"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_logout: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    put_me_password: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordChange"];
            };
        };
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PasswordAnswer"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_me_sessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPage_Session_"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_me_sessions_session: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_me_tokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPage_Token_"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_me_tokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TokenRequest"];
            };
        };
        responses: {
            /** @description done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewToken"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_me_tokens_token: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_me_tokens_token_rotate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Rotation"];
            };
        };
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewToken"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_model_versions_version: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelVersionDetails"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_model_versions_version: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_pipeline_runs_run: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                run: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PipelineRunDetails"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_pipeline_runs_run_cancel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                run: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PipelineRunSummary"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_projects: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPage_ProjectSummary_"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_projects_project: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProjectDetails"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_projects_project_alerts: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                state?: string;
            };
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPage_Alert_"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_projects_project_audit: {
        parameters: {
            query?: {
                actor?: string;
                kind?: string;
                subject?: string;
                since?: string;
                until?: string;
                cursor?: string;
                limit?: number;
                format?: string;
            };
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPage_Event_"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_projects_project_bake_periods: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                endpoint?: string;
            };
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPage_BakePeriod_"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_projects_project_bundles_apply: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BundleUpload"];
            };
        };
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Plan"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_projects_project_bundles_plan: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BundleUpload"];
            };
        };
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Plan"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_projects_project_datasets: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPage_DatasetDetails_"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_projects_project_datasets_dataset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
                dataset: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DatasetDetails"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_projects_project_datasets_dataset_snapshots: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path: {
                project: string;
                dataset: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPage_SnapshotSummary_"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_projects_project_endpoints: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPage_EndpointDetails_"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_projects_project_endpoints_endpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
                endpoint: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointDetails"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_projects_project_endpoints_endpoint_comparisons: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
                endpoint: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Compare"];
            };
        };
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Compared"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_projects_project_endpoints_endpoint_deployments: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path: {
                project: string;
                endpoint: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPage_Deployment_"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_projects_project_endpoints_endpoint_deployments: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
                endpoint: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewDeployment"];
            };
        };
        responses: {
            /** @description done */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deployment"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_projects_project_endpoints_endpoint_drift: {
        parameters: {
            query?: {
                from?: string;
                to?: string;
                monitor?: string;
            };
            header?: never;
            path: {
                project: string;
                endpoint: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DriftMatrix"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_projects_project_endpoints_endpoint_infer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
                endpoint: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InferenceAnswer"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_projects_project_endpoints_endpoint_labels: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
                endpoint: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewLabels"];
            };
        };
        responses: {
            /** @description done */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_projects_project_endpoints_endpoint_labels_prediction_path: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
                endpoint: string;
                prediction: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KnownLabel"] | null;
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_projects_project_endpoints_endpoint_predictions: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path: {
                project: string;
                endpoint: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPage_Prediction_"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_projects_project_endpoints_endpoint_predictions_prediction_path: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
                endpoint: string;
                prediction: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Prediction"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_projects_project_endpoints_endpoint_quality: {
        parameters: {
            query?: {
                from?: string;
                to?: string;
            };
            header?: never;
            path: {
                project: string;
                endpoint: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Quality"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_projects_project_endpoints_endpoint_rollback: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
                endpoint: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RollBack"];
            };
        };
        responses: {
            /** @description done */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deployment"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_projects_project_events: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                after?: number;
                kinds?: string;
                subject?: string;
            };
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPage_Event_"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_projects_project_experiments: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPage_ExperimentSummary_"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_projects_project_experiments: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewExperiment"];
            };
        };
        responses: {
            /** @description done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Experiment"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_projects_project_feature_services: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPage_FeatureServiceDetails_"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_projects_project_feature_views: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPage_FeatureViewDetails_"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_projects_project_features_lookup: {
        parameters: {
            query?: {
                service?: string;
                entity?: string;
                at?: string;
            };
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FeatureLookup"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_projects_project_features_lookup: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Lookup"];
            };
        };
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FeatureLookup"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_projects_project_jobs: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                kind?: string;
                state?: string;
            };
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPage_Job_"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_projects_project_members: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPage_Member_"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    put_projects_project_members_user: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
                user: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RoleChange"];
            };
        };
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Member"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_projects_project_members_user: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
                user: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_projects_project_models: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPage_Model_"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_projects_project_models_model: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
                model: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Model"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_projects_project_models_model_alias_moves: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path: {
                project: string;
                model: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPage_AliasMove_"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    put_projects_project_models_model_aliases_alias: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
                model: string;
                alias: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AliasTarget"];
            };
        };
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelVersionDetails"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_projects_project_models_model_versions: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path: {
                project: string;
                model: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPage_VersionSummary_"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_projects_project_monitors: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPage_MonitorDetails_"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_projects_project_monitors_monitor: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
                monitor: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MonitorDetails"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_projects_project_monitors_monitor_checks: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path: {
                project: string;
                monitor: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPage_Check_"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_projects_project_overview: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoopOverview"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_projects_project_pipeline_runs: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                pipeline?: string;
                status?: string;
            };
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPage_PipelineRunSummary_"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_projects_project_pipelines: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPage_PipelineSummary_"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_projects_project_pipelines_pipeline_runs: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
                pipeline: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewPipelineRun"];
            };
        };
        responses: {
            /** @description done */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PipelineRunSummary"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_projects_project_promotions: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                challenger?: string;
            };
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPage_Promotion_"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_projects_project_quarantine: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                source?: string;
            };
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPage_QuarantinedRow_"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_projects_project_runs: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                experiment?: string;
                status?: string;
                kind?: string;
                sort?: string;
            };
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPage_RunSummary_"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_projects_project_runs: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewRun"];
            };
        };
        responses: {
            /** @description done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_projects_project_sources: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPage_SourceState_"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_projects_project_sources_source_push: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
                source: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Push"];
            };
        };
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PushResult"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    put_projects_project_sources_source_schema: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
                source: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Adopt"];
            };
        };
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Schema"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_projects_project_triggers: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPage_TriggerState_"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_projects_project_triggers_trigger_fire: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
                trigger: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Fire"];
            };
        };
        responses: {
            /** @description done */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Fired"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_projects_project_watermark: {
        parameters: {
            query?: {
                until?: string;
                wait?: number;
            };
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WatermarkState"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_projects_project_watermark: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WatermarkAdvance"];
            };
        };
        responses: {
            /** @description done */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WatermarkJob"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_promotions_promotion: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                promotion: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Promotion"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_runs_run: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                run: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunDetails"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patch_runs_run: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                run: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RunChange"];
            };
        };
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_runs_run_artifacts: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path: {
                run: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPage_Artifact_"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_runs_run_artifacts_name_path: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                run: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    put_runs_run_artifacts_name_path: {
        parameters: {
            query?: {
                kind?: string;
            };
            header?: never;
            path: {
                run: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Artifact"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_runs_run_history: {
        parameters: {
            query?: {
                key?: string;
                after?: number;
                limit?: number;
            };
            header?: never;
            path: {
                run: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["History"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_runs_run_logs: {
        parameters: {
            query?: {
                after?: number;
                limit?: number;
            };
            header?: never;
            path: {
                run: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Console"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_runs_run_logs: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                run: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Lines"];
            };
        };
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Added"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_runs_run_metrics: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                run: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: components["schemas"]["LastPoint"];
                    };
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_runs_run_params: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                run: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    [key: string]: string | number | boolean | null;
                };
            };
        };
        responses: {
            /** @description done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_runs_run_points: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                run: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Points"];
            };
        };
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Added"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_runs_run_series: {
        parameters: {
            query?: {
                key?: string;
                buckets?: number;
            };
            header?: never;
            path: {
                run: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Series"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_runs_run_tags: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                run: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    [key: string]: string | number | boolean | null;
                };
            };
        };
        responses: {
            /** @description done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_search: {
        parameters: {
            query?: {
                q?: string;
                project?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPage_SearchHit_"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_sessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPage_Session_"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_sessions_session: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_snapshots_snapshot: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                snapshot: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Snapshot"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_stream: {
        parameters: {
            query?: {
                project?: string;
                after?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["Event"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_tokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPage_Token_"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_tokens_token: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_tokens_token_rotate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Rotation"];
            };
        };
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewToken"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_users: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPage_User_"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_users: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserRequest"];
            };
        };
        responses: {
            /** @description done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_users_user: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_users_user: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patch_users_user: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserChange"];
            };
        };
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_users_user_tokens: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPage_Token_"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_users_user_tokens: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TokenRequest"];
            };
        };
        responses: {
            /** @description done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewToken"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_openapi_json: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, unknown>;
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_ready: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            /** @description a problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
