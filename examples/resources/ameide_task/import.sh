# By work_id, on the machine that ran the task.
terraform import ameide_task.preflight preflight-main
