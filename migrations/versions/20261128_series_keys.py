"""A series' dates are counted from an index alone

Revision ID: 3f0c9a7be214
Revises: 1df8613eed2d
Create Date: 2026-11-23 16:50:00

"""
from alembic import op


revision = '3f0c9a7be214'
down_revision = '1df8613eed2d'
branch_labels = None
depends_on = None


def upgrade():
    op.create_index('ix_occurrence_series', 'occurrence', ['series_id', 'key'])
    op.drop_index('ix_occurrence_series_id', table_name='occurrence')


def downgrade():
    op.create_index('ix_occurrence_series_id', 'occurrence', ['series_id'])
    op.drop_index('ix_occurrence_series', table_name='occurrence')
