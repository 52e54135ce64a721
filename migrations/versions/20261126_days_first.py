"""Days first: nearly every event is public, so an index of that made SQLite read all of them

Revision ID: 7c41d2a9e0b5
Revises: bbf1401a481f
Create Date: 2026-11-23 16:20:00

"""
from alembic import op


revision = '7c41d2a9e0b5'
down_revision = 'bbf1401a481f'
branch_labels = None
depends_on = None


def upgrade():
    op.drop_index('ix_event_public', table_name='event')


def downgrade():
    op.create_index('ix_event_public', 'event', ['status', 'visibility', 'kind'])
